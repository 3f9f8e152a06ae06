"""The published scripts' way through a video, reproduced to be measured beside ours."""
