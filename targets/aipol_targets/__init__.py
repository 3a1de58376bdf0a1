"""The literal list of targets that aipol ships."""

from aipol_targets.cloudflare.target import CLOUDFLARE
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.fortigate.target import FORTIGATE
from aipol_targets.haproxy.target import HAPROXY
from aipol_targets.intune.target import INTUNE
from aipol_targets.jamf.target import JAMF
from aipol_targets.lists.target import LISTS
from aipol_targets.meraki.target import MERAKI
from aipol_targets.netskope.target import NETSKOPE
from aipol_targets.nftables.target import NFTABLES
from aipol_targets.pac.target import PAC
from aipol_targets.paloalto.target import PALOALTO
from aipol_targets.purview.target import PURVIEW
from aipol_targets.squid.target import SQUID
from aipol_targets.suricata.target import SURICATA
from aipol_targets.umbrella.target import UMBRELLA
from aipol_targets.zscaler.target import ZSCALER

ALL = (
    CLOUDFLARE,
    DNS,
    E2GUARDIAN,
    FORTIGATE,
    HAPROXY,
    INTUNE,
    JAMF,
    LISTS,
    MERAKI,
    NETSKOPE,
    NFTABLES,
    PAC,
    PALOALTO,
    PURVIEW,
    SQUID,
    SURICATA,
    UMBRELLA,
    ZSCALER,
)
