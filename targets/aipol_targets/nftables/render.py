"""Turns the table into a file for `nft -f`, which replaces the table whole or not at all."""

from __future__ import annotations

from aipol.target import Artifact
from aipol_targets.common.network.escape import comment, template
from aipol_targets.nftables.escape import word
from aipol_targets.nftables.facts import FILE
from aipol_targets.nftables.model import Table

# The first, empty table is there so that there is one to delete: nft refuses to delete nothing.
_TEMPLATE = """\
# aipol: ways around the rules of the network, closed for {{ identifier }}. Load it with nft -f.
table inet aipol {
}
delete table inet aipol
table inet aipol {
{% for each in table.sets %}
	set {{ each.name }} {
		type ipv{{ each.version }}_addr
		flags interval
		auto-merge
		elements = {
{% for network in each.networks %}
			{{ network }},
{% endfor %}
		}
	}
{% endfor %}
	chain forward {
		type filter hook forward priority {{ table.priority }}; policy accept;
{% for rule in table.rules %}
{% set ip = 'ip6' if rule.version == 6 else 'ip' %}
{% set ports = rule.ports | length %}
		{%+ if rule.reply %}ct direction reply {% endif %}
{%- if rule.leaving_by %}oifname "{{ rule.leaving_by }}" {% endif %}
{%- if rule.source %}{{ ip }} saddr @{{ rule.source }} {% endif %}
{%- if rule.to %}{{ ip }} daddr @{{ rule.to }} {% endif %}
{%- if rule.beyond %}{{ ip }} daddr != @{{ rule.beyond }} {% endif %}
{%- if rule.version and not (rule.source or rule.to or rule.beyond) %}
meta nfproto ipv{{ rule.version }} {% endif %}
{%- if rule.protocol %}{{ rule.protocol }} dport {% endif %}
{%- if ports > 1 %}{ {% endif %}
{%- for port in rule.ports %}{{ port }}{% if not loop.last %}, {% endif %}{% endfor %}
{%- if ports > 1 %} }{% endif %}
{%- if ports %} {% endif %}
{{- rule.verdict }}
{% endfor %}
	}
}
"""
_TABLE = template(_TEMPLATE, word)


def render(table: Table) -> tuple[Artifact, ...]:
    """The one file."""
    text = _TABLE.render(table=table, identifier=comment(table.identifier).replace("?", "-"))
    return (Artifact(FILE, text.encode()),)
