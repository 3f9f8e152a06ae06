"""Joins a job's segments to its result, and ends the job."""
