"""The bucket: made if it is missing, told to forget uploads that nobody finishes."""

from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from storage.s3_faults import s3_guard

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_FORGET_DAYS = 7
_THERE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}

_log = structlog.get_logger()


async def prepare_bucket(client: "S3Client", bucket: str) -> None:
    """Make the bucket and set its rules, where the server and our rights allow it."""
    async with s3_guard(bucket):
        try:
            await client.head_bucket(Bucket=bucket)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                raise
        await _make(client, bucket)
        await _forget_unfinished_uploads(client, bucket)


async def _make(client: "S3Client", bucket: str) -> None:
    try:
        await client.create_bucket(Bucket=bucket)
    except ClientError as error:
        # Another actor was faster.
        if error.response["Error"]["Code"] not in _THERE:
            raise


async def _forget_unfinished_uploads(client: "S3Client", bucket: str) -> None:
    try:
        await client.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "forget-unfinished-uploads",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _FORGET_DAYS},
                    }
                ]
            },
        )
    except ClientError as error:
        # Expired uploads are aborted by housekeeping too; this rule only catches what it never knew.
        _log.info("the object store takes no lifecycle rules", bucket=bucket, cause=str(error))
