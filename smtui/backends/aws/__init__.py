"""AWS accounts as contexts, through boto3.

What belongs here: everything that imports boto3 or botocore, inside functions only, because it is an extra
(`pip install 'smtui[aws]'`) and slow to import. What does not: rules of the service, which the service itself applies;
screens and commands.
"""
