"""Changes that no host, and no source address of the policy's own, gives away.

Each is made by hand in emitted files of the policy in `policies.everything`: a way past the
rules for addresses in between, an output that is gone, a host of nobody that is decrypted, and the
like. `mistakes/change.py` says what a change is.
"""

from __future__ import annotations

from tests.mutation.mistakes.change import WIDER, Change, Dropped, Everywhere, Gone

# --- networks that the policy does not have -------------------------------------------------------

BYPASS = "a network in between gets past the rules"
"""10.77.0.0/16, which is in no group and far from every network that is in one."""
_GATEWAY = r"10\.99\.0\.8/32"


def _added(target: str, path: str, find: str, put: str, *given: str) -> Change:
    return Change(target, BYPASS, path, find, put, "", given)


NETWORKS = (
    _added("cloudflare", "rules", _GATEWAY, r"10.77.0.0/16 \g<0>"),
    _added("dns", "adguard", f"~{_GATEWAY}", r"~10.77.0.0/16|\g<0>", "adguard"),
    _added("dns", "bind", f"{_GATEWAY};", r"\g<0>\n10.77.0.0/16;", "bind"),
    _added("dns", "knot", r"^network\('10\.99.*\n", r"\g<0>network('10.77.0.0/16', '')\n", "knot"),
    _added(
        "dns",
        "powerdns/aipol",
        r"^network\('10\.99.*\n",
        r"\g<0>network('10.77.0.0/16', '')\n",
        "powerdns",
    ),
    *(
        _added(
            "dns",
            f"{output}/aipol",
            rf"^(\taccess-control: ){_GATEWAY}( allow\n\taccess-control-\w+: ){_GATEWAY}(.*\n)",
            r"\g<0>\g<1>10.77.0.0/16\g<2>10.77.0.0/16\g<3>",
            output,
        )
        for output in ("unbound", "unbound-local")
    ),
    _added("e2guardian", "ipgroups", "^10.99.*= (filter4)\n", r"\g<0>10.77.0.0/255.255.0.0 = \1\n"),
    _added(
        "fortigate",
        "rest",
        r'(?s)\A(\[\s*)(.*?)(\{\s*"name": "aipol-net-10\.99\.0\.8_32"\s*\})',
        r'\1{"method": "POST", "path": "/api/v2/cmdb/firewall/address", "body": {"name": "x",'
        r' "type": "ipmask", "subnet": "10.77.0.0 255.255.0.0"}},\n\2{"name": "x"}, \3',
        "rest",
    ),
    _added("haproxy", "except", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>"),
    _added("lists", "except", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>", "domains"),
    _added("lists", "except", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>", "edl"),
    _added("lists", "gateways", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>", "sonicwall"),
    _added("lists", "gateways", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>", "watchguard"),
    _added("meraki", "bindings", f'"{_GATEWAY}"', r'"10.77.0.0/16", \g<0>'),
    _added("netskope", "_gateways", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>"),
    _added("pac", "handout", f"^{_GATEWAY},\n", r"10.77.0.0/16,\n\g<0>"),
    _added("paloalto", "except", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>", "edl"),
    _added(
        "paloalto",
        "set",
        r"(?s)(set address aipol-10-99-0-8_32 [^\n]*\n)"
        r"(.*?)(set address-group aipol_except static )",
        r"\1set address x ip-netmask 10.77.0.0/16\n\2\3x\n\3",
        "set",
    ),
    _added("squid", "except", f"^{_GATEWAY}\n", r"10.77.0.0/16\n\g<0>"),
    _added("suricata", "groups", f"{_GATEWAY}", r"10.77.0.0/16,\g<0>"),
    _added("umbrella", "policies", f'"{_GATEWAY}"', r'"10.77.0.0/16", \g<0>'),
    _added("zscaler", "requests", f'"{_GATEWAY}"', r'"10.77.0.0/16", \g<0>'),
)

# --- hosts that are nobody's ----------------------------------------------------------------------

DECRYPTED, TAGGED = "a host of nobody is decrypted", "a host of nobody gets a header"
OPENED = "a host of nobody is let through"
_STRANGER = "stranger.example"
_HTTP1 = "custom-url-category aipol-finance_0-http1 list "

STRANGERS = (
    Change("squid", DECRYPTED, "inspect-0", r"^\.accounts\.test\n", rf"\g<0>.{_STRANGER}\n"),
    Change(
        "squid",
        TAGGED,
        r"/tenant-\w+-0",
        r"^\.accounts\.test\n",
        rf"\g<0>.{_STRANGER}\n",
        "gets a header and is not decrypted",
    ),
    Change(
        "cloudflare",
        TAGGED,
        "lists",
        r'(?s)(http-header-\w+_0-subtree".*?"items": \[)',
        rf'\1{{"value": "{_STRANGER}"}},',
    ),
    Change("paloalto", DECRYPTED, "-http1", r"\A", f"{_STRANGER}/\n", "", ("edl",)),
    Change(
        "paloalto",
        DECRYPTED,
        "set",
        rf"^set profiles {_HTTP1}accounts\.test/\n",
        rf"\g<0>set profiles {_HTTP1}{_STRANGER}/\n",
        "",
        ("set",),
    ),
    Change(
        "paloalto",
        DECRYPTED,
        "xml",
        r'(?s)(<entry name="aipol-finance_0-http1">\s*<list>)',
        rf"\1<member>{_STRANGER}/</member>",
        "",
        ("xml",),
    ),
    Change("paloalto", OPENED, "_1-allow", r"\A", f"{_STRANGER}/\n", "", ("edl",)),
    Change("lists", OPENED, "level-1-allow", r"\A", f"{_STRANGER}/\n", "", ("edl",)),
    Change("lists", OPENED, "level-1-allow", r"\A", f"{_STRANGER}\n", "", ("domains",)),
    Change(
        "dns",
        OPENED,
        "zone",
        r"^api\.big\.test CNAME",
        rf"{_STRANGER} CNAME rpz-passthru.\n\g<0>",
        "",
        ("knot",),
    ),
    Change("pac", OPENED, "pac$", '^"=api', f'"={_STRANGER}": "direct",\n\\g<0>'),
)

BLOCKED = "a host of nobody is blocked"
LAST = (
    # Records say that names which go on after an entry are blocked with it; those are asked first.
    Change("lists", BLOCKED, "default/sonicwall/forb", r"\Z", "zzz.example\n", "", ("sonicwall",)),
    Change("meraki", WIDER, "filtering", '"a.(b.big.test")', r'"\1'),
    Change("umbrella", WIDER, "default_allow", '"a.(b.big.test")', r'"\1'),
)

# --- ways around a tenant header ------------------------------------------------------------------

AROUND, AWAY = "a way around a header is open", "addresses of nobody's are denied"
DOTS, UNKNOWN = "a path with dots gets past it", "is no pattern of addresses that is known"
OTHER = r"accounts\\.test(:[0-9]+)?/+x(/|\\?|$)"
_PATHS = (
    ("cloudflare", "rules", r"anonymous/(?=\.\*)", ()),
    ("paloalto", "_around", "anonymous/$", ("edl",)),
    ("paloalto", "set", "anonymous/$", ("set",)),
    ("paloalto", "xml", "anonymous/(?=<)", ("xml",)),
)
ADDRESSES = (
    Change("squid", AROUND, "conf", r"^http_access deny \S+ \S+-u0\n", ""),
    Change("squid", AROUND, "conf", r"^http_access deny \S+ \S+-u-dots\n", "", DOTS),
    Change("squid", AROUND, "address-dots", r"accounts", "others", DOTS),
    *(
        Change(target, AROUND, path, find, "other/", "", given)
        for target, path, find, given in _PATHS
    ),
    *(
        Change(target, AWAY, path, find, "", "", given)
        for target, path, find, given in _PATHS
        if target != "paloalto"
    ),
    Change("squid", AWAY, "finance/address-0", r"anonymous(.*)$", r"\g<0>\n^https?://" + OTHER),
    Change("squid", AROUND, "finance/address-0", "anonymous", "other"),
    Change("squid", AWAY, "finance/address-0", r"/\+anonymous", ""),
    Change("squid", AWAY, "finance/address-0", r"anonymous", r".*", UNKNOWN),
    Change("paloalto", AWAY, "_around", r"\A", "accounts.test/x\n", "", ("edl",)),
)

# --- outputs, and what files say besides decisions ------------------------------------------------

LOST, SETTING, ORDER = "an output is gone", "a setting is another", "an object comes too late"
OUTPUTS = (
    Gone("dns", LOST, "^unbound/", "", "", "", ("bind", "unbound")),
    Gone("dns", LOST, "^hosts/", "", "", "", ("bind", "hosts")),
    Gone("lists", LOST, "(^|/)edl/", "", "", "", ("domains", "edl")),
    Gone("lists", LOST, "(^|/)watchguard/", "", "", "", ("sonicwall", "watchguard")),
    Gone("paloalto", LOST, "^set/", "", "", "", ("set", "xml")),
    Gone("fortigate", LOST, "^rest", "", "", "", ("cli", "rest")),
    *(
        Change(
            "cloudflare",
            LOST,
            "rules",
            rf'(?s)"{kind}": \[\n.*?\n  \]',
            f'"{kind}": null',
            "follow one",
        )
        for kind in ("dns", "l4")
    ),
)
SETTINGS = (
    Change("cloudflare", SETTING, "rules", '"precedence": 25,', '"precedence": 26,', "follow one"),
    Everywhere("e2guardian", SETTING, "conf|story", "/etc/e2guardian/group.conf", "/tmp/x"),
    Everywhere("e2guardian", SETTING, "conf|story", "/etc/e2guardian/examplef1.story", "/tmp/x"),
    *(
        Everywhere("fortigate", SETTING, "conf", find, put, why, ("cli",))
        for find, put, why in (
            ('service "DNS" "HTTP" "HTTPS"', 'service "DNS" "HTTP"', ""),
            ('srcintf "lan"', 'srcintf "dmz"', ""),
            ('dstintf "wan1"', 'dstintf "dmz"', ""),
            ("nat enable", "nat disable", ""),
            (r"\b90(0\d)\b", r"91\1", ""),
            (r"^    edit (9\d+)|^    delete (9\d+)", r"<\1\2>", "cannot be told into words"),
            (r"\b(90\d\d)\b", r"0\1", "is no id"),
            (r"^            edit 1$", r"            edit 77", "not numbered in their order"),
        )
    ),
    Change(
        "fortigate",
        ORDER,
        "rest",
        r"(?s)\A\[\n( \{\n.*?\n \}),\n(.*)\n\]\n\Z",
        r"[\n\2,\n\1\n]\n",
        "is made only later",
        ("rest",),
    ),
    Change("haproxy", SETTING, "cfg", r"(?s)bind :443(.*?)bind :80", r"bind :80\1bind :443"),
    Change(
        "haproxy",
        SETTING,
        "cfg",
        r"(?s)default_backend out\n(.*)default_backend out-http",
        r"default_backend out-http\n\1default_backend out",
    ),
    Change(
        "haproxy",
        SETTING,
        "cfg",
        r"(?s)    tcp-request content reject unless \{ req\.ssl_sni -m found \}\n"
        r"(.*)    http-request deny unless[^\n]*\n",
        r"\1",
    ),
    Change("haproxy", SETTING, "cfg", "^.*-m found }\n", "", "in one frontend alone"),
    Change("pac", "a proxy of no port", "pac$", r":9\"", ':99999"', "is not one proxy"),
    Everywhere("pac", "no key of a table", "pac$", '"block"', '"__proto__"', "is no name of a way"),
    Change("pac", "not a blank", "pac$", "^    var way", "\x1c    var way", "another program"),
    Everywhere("pac", SETTING, "pac$", "127.0.0.1:9", "evil.test:9"),
    *(
        Everywhere("paloalto", SETTING, "set", find, put, "", ("set",))
        for find, put in ((" from any$", " from dmz"), (" to any$", " to dmz"))
    ),
    Change("paloalto", SETTING, "xml", 'name="vsys1"', 'name="vsys2"', "", ("xml",)),
    Everywhere("paloalto", SETTING, "xml", r"https://lists\.acme\.test", "http://x", "", ("edl",)),
    *(
        Change(
            "paloalto",
            ORDER,
            "set",
            rf"(?s)\A(.*?)(set {what} [^\n]*\n)(.*)\Z",
            r"\1\3\2",
            "makes what an earlier one refers to",
            ("set",),
        )
        for what in ("address", "address-group", "profiles custom-url-category")
    ),
    Everywhere("squid", SETTING, "conf", "/etc/squid/aipol", "/tmp/x"),
    Change(
        "squid",
        "an exception in upper case",
        "level-1-allow",
        r"^\.api\.big\.test$",
        r".BIG.test\n\g<0>",
    ),
    Everywhere("suricata", SETTING, "rules", "^drop", "reject"),
    Everywhere(
        "umbrella",
        SETTING,
        "lists/",
        '"bundleTypeId": 1',
        '"bundleTypeId": 2',
        "does not make the list",
    ),
    Everywhere("zscaler", SETTING, "requests", '"rank": 7', '"rank": 1'),
)

# --- ways around the network ----------------------------------------------------------------------

STILL_ON = "no way around is turned off"
_SWITCH = r"(?:use-application-dns\.net|mask(?:-h2)?\.icloud\.com)"
SWITCHES = tuple(
    Everywhere("dns", STILL_ON, path, find, "", "", (output,))
    for output, path, find in (
        *(
            (output, r"rpz\.zone$", rf"^{_SWITCH} CNAME \.\n")
            for output in ("bind", "knot", "powerdns", "unbound")
        ),
        ("adguard", "rules", rf"^\|{_SWITCH}\^.*\n"),
        ("dnsmasq", "conf", rf"^.*{_SWITCH}.*\n"),
        ("pihole", "block", rf"^.*{_SWITCH}.*\n"),
        ("unbound-local", "local", rf"^.*{_SWITCH}.*\n"),
    )
)

# --- gateways -------------------------------------------------------------------------------------

CUT_OFF = "a gateway is cut off"
GATEWAYS = (
    Dropped("zscaler", CUT_OFF, "requests", r"\$\{aipol__gateways\}", ""),
    Change("squid", CUT_OFF, "except", f"^{_GATEWAY}\n", ""),
)

HOLES: tuple[Change, ...] = (
    *NETWORKS,
    *STRANGERS,
    *LAST,
    *ADDRESSES,
    *OUTPUTS,
    *SETTINGS,
    *SWITCHES,
    *GATEWAYS,
)
