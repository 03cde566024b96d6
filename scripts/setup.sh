# Sourced by run, test, check and bench/run: brings the machine and the checkout to a known state, each step only where it is missing.
# After sourcing, the working folder is the project's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python

# install_packages NAME... : Debian packages that are missing; without root or apt it names them and stops.
install_packages() {
    local missing=()
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Missing packages: ${missing[*]}. Install them and run this command again." >&2
        exit 1
    fi
    echo "Installing packages: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# find_python : prints the first interpreter of at least 3.11 that can make virtual environments.
find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# setup_python LOCKFILE : the virtual environment holds exactly what the lock file says, checked by hash.
setup_python() {
    local lock=$1 stamp=.venv/$1.sha256
    if [ ! -x "$python" ]; then
        local base
        base=$(find_python) || { install_packages python3 python3-venv; base=$(find_python); }
        "$base" -m venv .venv
    fi
    if ! sha256sum --check --status "$stamp" 2>/dev/null; then
        echo "Installing Python packages of $lock"
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
        sha256sum "$lock" >"$stamp"
    fi
}

# setup_static : npm packages of the lock file, and the browser's files built from them and from our sources.
setup_static() {
    export PATH="$PWD/.venv/bin:$PATH" # node and npm come with the Python packages
    if ! sha256sum --check --status node_modules/.lock.sha256 2>/dev/null; then
        echo "Installing browser packages of package-lock.json"
        npm ci --silent --no-audit --no-fund
        sha256sum package-lock.json >node_modules/.lock.sha256
    fi
    scripts/build-static
}
