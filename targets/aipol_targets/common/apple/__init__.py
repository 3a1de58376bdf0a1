"""Turns what a class of people may use into macOS profiles, and profiles into answers.

Both macOS targets use this package, so that the same class gives the same bytes in both. Import
from the modules; the package itself imports nothing, so that a reader never loads an emitter.

    from aipol_targets.common.apple.model import Family, Options, CellProfile
    from aipol_targets.common.apple.lower_profiles import (
        distinct, lock_outs, lower_profiles, too_long,
    )
    from aipol_targets.common.apple.account import Account, account_for, merged, sum_up
    from aipol_targets.common.apple.render_profile import render_profile
    from aipol_targets.common.apple.read_profile import CLIENTS, Device, mentions, read_profile

Emitting, once per `Family` (`BROWSERS`: Chrome, Edge and Firefox; `INTELLIGENCE`: Apple's own):

    narrowed = distinct(ir, family)          # an Ir with only what its profiles can tell apart
    cells = scoping.classes(narrowed, groups, tuple(Surface), limit)
    profiles = lower_profiles(ir, family, cells, Options(...))
    # one CellProfile a cell: .cell, .name (`browsers-<cell id>`), .profile
    # .profile.payloads == () means that the class needs no profile: emit none
    content = render_profile(one.profile)    # bytes of a .mobileconfig

    findings = too_long("intune", ir, profiles)       # lists longer than browsers read
    findings = lock_outs(ir, profiles, artifact_of)   # protected hosts that a list would block

Accounting, for WEB, API, EXTENSION and BUILTIN rulings:

    account = account_for(ir, ruling, profiles_of_all_families)
    # .identifiers  how many (identifier, client, class) questions the ruling has; 0: not here
    # .carried      how many of them are answered as the ruling says
    # .deviations   the others, merged over the classes
    # .profiles     the CellProfiles that hold an entry for it
    status, reason = sum_up(ruling, account)  # UNSUPPORTED and NOT_APPLICABLE list no deviations

The URL lists themselves (`browsers.chromium_lists`, `browsers.firefox_lists`) and the per-feature
switches (`switches.OFF`) are not bound to macOS: Windows browsers take the same lists.

Reading, in `read.py`:

    profile = read_profile(path, content)    # raises UnreadableArtifact
    device = Device(profiles_that_apply)     # raises UnreadableArtifact when one key is set twice
    answer = device.answer(question)         # HOST, EXTENSION and FEATURE questions
    mentions(all_profiles)                   # (Kind, value) of everything in the profiles
    CLIENTS[Kind.HOST]                       # what `clients` returns for each of the three kinds
"""
