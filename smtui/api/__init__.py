"""The API in AWS's terms: operations and shapes (generated), limits, errors, smtui's extensions, boto3's calling shape.

It has the facts of API version 2017-10-17 as data, and what every client shares (`boto_client`, `pagination`), but
carries out no operation. It imports no other package of smtui. To add an operation of the service, generate the model
again.
"""
