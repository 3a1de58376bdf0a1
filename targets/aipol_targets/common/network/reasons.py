"""Why lists of hosts do not enforce a clause exactly, once."""

from __future__ import annotations

from aipol.target import Reason

NO_HOSTS = Reason(
    "no-hosts", "no host of this app is known for the surface", "enforce it on the device"
)
RUNS_LOCALLY = Reason(
    "runs-locally", "the program works without the network", "enforce it on the device"
)
NOT_ON_NETWORK = Reason(
    "not-on-network",
    "the surface is a switch of a system or a service, not traffic to a host of its own",
    "enforce it on the device or in the suite",
    absent=True,
)
NOBODY_SEATED = Reason(
    "audience-indistinct",
    "no network is that of exactly these people",
    "give the combination of groups a network of its own",
)
OTHER_APPS_HOST = Reason(
    "host-of-blocked-app",
    "the host belongs to an app that is blocked for these people",
    "allow the other app too, or give this one hosts of its own",
)
TENANT_UNKNOWN = Reason(
    "tenant-unknown",
    "the policy does not say which accounts are the organisation's own",
    "write `account: {corporate: [ids]}`",
)
AROUND_OPEN = Reason(
    "way-around-open",
    "an address by which people get around the tenant header is not denied",
    "deny it by a rule of your own: `aipol catalog show` has the app's addresses",
)
NOT_INSPECTED = Reason(
    "tls-not-inspected",
    "no configured output decrypts this host",
    "set `network.inspect_tls: ai-only`; `squid` and `paloalto` decrypt",
)
NEVER_INSPECTED = Reason(
    "never-inspected",
    "the policy says that the host, or one below it, is never decrypted",
    "take it out of `network.never_inspect`, or the obligation out of the rule",
)
METADATA_ONLY = Reason(
    "metadata-only",
    "the proxy's log has who, when and which host, not what was said",
    "log content where the app or the device can",
)
NOT_LOGGED = Reason(
    "not-logged",
    "no configured output records these connections",
    "configure `squid` or `paloalto`",
)
UNKNOWN_GATEWAY = Reason("gateway-unknown", "the gateway is not defined", "define it")
GATEWAY_UNPLACED = Reason(
    "gateway-unplaced",
    "no source network of the gateway is given, so it may be blocked as well",
    "write `network.gateways.<id>.networks`",
)
PEOPLE_UNTOLD = Reason(
    "audience-indistinct",
    "the output tells no source addresses apart, so everybody gets the same answers",
    "use an output or a target that does, such as `bind` or `unbound` of `dns`",
)
GATEWAY_UNTOLD = Reason(
    "gateway-indistinct",
    "the output cannot leave the gateway's own addresses alone, so it is blocked as well",
    "let the gateway ask another resolver, or go another way",
)
_SIGN_IN_UNSEEN = Reason(
    "sign-in-unseen",
    "a network list does not see how a person signed in",
    "enforce it at the identity provider",
)
_DEVICE_UNSEEN = Reason(
    "device-unseen",
    "a network list does not see the state of a device",
    "enforce it at the identity provider",
)
_CONTENT_UNSEEN = Reason(
    "content-unseen",
    "a host list does not look at what is sent",
    "enforce it with data loss prevention",
)
_NOT_COUNTED = Reason("not-counted", "a host list does not count requests", "use a gateway")

BEYOND_LISTS = {
    "sso": _SIGN_IN_UNSEEN,
    "mfa": _SIGN_IN_UNSEEN,
    "device": _DEVICE_UNSEEN,
    "data.max": _CONTENT_UNSEEN,
    "redact": _CONTENT_UNSEEN,
    "rate": _NOT_COUNTED,
    "inspect_tls": NOT_INSPECTED,
    "log": NOT_LOGGED,
}


def indistinct(groups: tuple[str, ...]) -> Reason:
    """People who sit among others with another ruling, with the groups that lack a network."""
    names = ", ".join(f"`{name}`" for name in groups)
    text = f"no network tells {names} from others" if groups else "others share their network"
    return Reason(
        "audience-indistinct", text, "give the group `networks`, or derive one that has them"
    )
