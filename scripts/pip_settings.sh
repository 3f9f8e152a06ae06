# For scripts that install by uv, to be sourced: where pip would get packages from, in the words of uv.

# uv does not read pip's configuration: hand over what it says about where packages come from.
pip_setting() {
    .venv/bin/python -m pip config list 2>/dev/null | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | head -n 1
}

hand_over_pip_settings() {
    local links index extra cert
    links=$(pip_setting find-links) index=$(pip_setting index-url)
    extra=$(pip_setting extra-index-url | tr ' ' '\n' | grep '^https\?:' | tr '\n' ' ' || true) cert=$(pip_setting cert)
    [ -z "$links" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-${links// /,}}"
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    [ -z "$extra" ] || export UV_INDEX="${UV_INDEX:-$extra}" UV_INDEX_STRATEGY=unsafe-best-match
    [ -z "$cert" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"
}
