"""The API in AWS's terms: operations and shapes (generated), limits, errors, client protocols, smtui's extensions.

It has the facts of API version 2017-10-17 as data, no behaviour, and imports no other package of smtui. To add an
operation of the service, generate the model again.
"""
