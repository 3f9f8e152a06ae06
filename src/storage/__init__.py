"""What is kept: rows in PostgreSQL, objects in S3. No actor holds an ORM expression beyond the trivial."""
