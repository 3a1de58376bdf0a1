"""An account with the plan that a policy names, and a list and a policy of somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.ir import Ir
from aipol_targets.standins.cloudflare.standin import ACCOUNT, TOKEN, CloudflareStandin
from aipol_targets.standins.demo import Demo, NothingToEdit, ask

_ACCOUNT = "CLOUDFLARE_ACCOUNT_ID"
_LIST = {"name": "Printers", "type": "DOMAIN", "items": [{"value": "printers.example"}]}
_POLICY = {
    "name": "No printers",
    "action": "block",
    "enabled": True,
    "filters": ["dns"],
    "precedence": 5_000,
}


def demo(settings: Any, ir: Ir) -> Demo:
    """The account that `targets.cloudflare` is about."""
    del ir
    account = settings.account or ACCOUNT
    decrypts, most = settings.tls_decryption, settings.entries
    standin = CloudflareStandin(account=account, decrypts=decrypts, most_items=most)
    number = standin.seed_list(_LIST)
    standin.seed_rule({**_POLICY, "traffic": f"any(dns.domains[*] in ${number})"})

    def variables(url: str) -> Mapping[str, str]:
        named = {"CLOUDFLARE_API_URL": url, "CLOUDFLARE_API_TOKEN": TOKEN}
        # aipol has it from the policy; an edit by hand knows no policy.
        return {**named, _ACCOUNT: account}

    return Demo("Cloudflare", standin, variables)


def edit(environment: Mapping[str, str]) -> str:
    """Turn off one of our policies."""
    url = environment.get("CLOUDFLARE_API_URL", "")
    token = environment.get("CLOUDFLARE_API_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    account = environment.get(_ACCOUNT, ACCOUNT)
    place = f"{url}/client/v4/accounts/{account}/gateway/rules"
    for each in json.loads(ask("GET", place, headers))["result"] or ():
        if each["name"].startswith("aipol_"):
            ask("PUT", f"{place}/{each['id']}", headers, json.dumps({**each, "enabled": False}))
            return f"policy `{each['name']}` is turned off"
    raise NothingToEdit("there is no policy of ours yet: `aipol apply -t cloudflare` first")
