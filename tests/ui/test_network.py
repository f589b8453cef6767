"""What the system says about the network becomes one signal for each change."""

from PySide6.QtNetwork import QNetworkInformation

from cardgen_desktop.ui.network import NetworkWatch

Reachability = QNetworkInformation.Reachability


def heard(*said: Reachability) -> list[object]:
    watch, told = NetworkWatch(), []
    watch.online_changed.connect(told.append)
    for reachability in said:
        watch._hear(reachability)
    return told


def test_an_online_start_says_nothing(qapp: object) -> None:
    assert heard(Reachability.Online, Reachability.Site, Reachability.Unknown) == []


def test_going_and_coming_are_told_once(qapp: object) -> None:
    said = (Reachability.Online, Reachability.Disconnected, Reachability.Disconnected, Reachability.Local)
    assert heard(*said) == [False, True]


def test_an_offline_start_is_told(qapp: object) -> None:
    assert heard(Reachability.Disconnected) == [False]


def test_watching_the_system_does_not_fail(qapp: object) -> None:
    NetworkWatch().start()
