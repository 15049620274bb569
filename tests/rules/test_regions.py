"""The list of Regions."""

import botocore.session

from smtui.rules.regions import OTHER_PARTITIONS, REGIONS, is_aws_region


def test_the_regions_are_those_of_aws() -> None:
    session = botocore.session.get_session()
    known = {partition: set(session.get_available_regions("secretsmanager", partition))
             for partition in session.get_available_partitions()}

    assert known.pop("aws") == set(REGIONS)
    assert set().union(*known.values()) == OTHER_PARTITIONS


def test_a_region_that_does_not_exist() -> None:
    assert is_aws_region("eu-west-1")
    assert is_aws_region("us-gov-west-1")
    assert not is_aws_region("us-west-3")
