# Read by ./run and ./test, from the project's folder: finds or makes Python 3.10, then .venv with the pinned packages.

PYTHON=.venv/bin/python
CACHE=.cache/setup
INSTALL_LOG=$CACHE/install.log

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 2
}

is_python_310() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

# Runs a command with its output in a log; every ten seconds says how long it has been going on, and its last line.
with_progress() {
    "$@" >"$INSTALL_LOG" 2>&1 &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
    seconds=0
    while kill -0 "$child" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        [ $((seconds % 10)) -ne 0 ] || say "  … $seconds s: $(tail -n 1 "$INSTALL_LOG" | cut -c 1-100)"
    done
    trap - INT TERM
    wait "$child"
}

# Sets UV to the installer uv: of this machine, or fetched with the given Python 3 (pinned, hashed).
find_uv() {
    UV=$(command -v uv) && return 0
    UV=$CACHE/uv/bin/uv
    [ -x "$UV" ] && [ ! -e "$CACHE/uv/unfinished" ] && return 0
    mkdir -p "$CACHE/uv"
    : >"$CACHE/uv/unfinished"
    "$1" -m venv "$CACHE/uv" >/dev/null 2>&1 && with_progress "$CACHE/uv/bin/python" -m pip install \
        --disable-pip-version-check --require-hashes --only-binary :all: -r deploy/uv.txt || return 1
    rm "$CACHE/uv/unfinished"
}

# Sets FOUND to a Python 3.10: on PATH, from pyenv (selected or not), or from uv.
find_python() {
    pyenv_root=$(pyenv root 2>/dev/null || printf '%s' "${PYENV_ROOT:-$HOME/.pyenv}")
    for candidate in python3.10 python3 python "$pyenv_root"/versions/3.10.*/bin/python3.10; do
        if is_python_310 "$candidate"; then
            FOUND=$("$candidate" -c 'import sys; print(sys._base_executable)')
            return 0
        fi
    done
    find_uv python3 || return 1
    FOUND=$("$UV" python find --no-project 3.10 2>/dev/null) && is_python_310 "$FOUND" && return 0
    say "Python 3.10 is not on this machine: asking uv for it"
    with_progress "$UV" python install --no-progress 3.10 || return 1
    FOUND=$("$UV" python find --no-project 3.10 2>/dev/null) && is_python_310 "$FOUND"
}

make_venv() {
    find_python || fail "AskHunnan needs Python 3.10 (Rasa 3.6 runs on no later one), and there is none on PATH, in pyenv or in uv.
Get it in one of these ways, then start again:
  pyenv install 3.10
  uv python install 3.10
  your system's packages: python3.10 with python3.10-venv"
    say "Making .venv with $FOUND"
    said=$("$FOUND" -m venv --clear .venv 2>&1) || fail "$said
$FOUND cannot make a virtual environment; on Debian and Ubuntu install python3.10-venv, then start again."
}

# One setting of pip, from its variable or its files; several values are separated by spaces.
pip_setting() {
    for scope in ':env:' install global; do
        value=$(printf '%s\n' "$pip_settings" | sed -n "s/^$scope\.$1='\(.*\)'\$/\1/p" | sed 's/\\n/ /g; s/^ *//')
        [ -z "$value" ] || break
    done
    printf '%s' "$value"
}

# uv does not read pip's settings (a mirror, a proxy, a certificate); who set them meant them for this too.
give_uv_the_settings_of_pip() {
    pip_settings=$("$PYTHON" -m pip config list 2>/dev/null || true)
    for pair in UV_DEFAULT_INDEX:index-url UV_INDEX:extra-index-url UV_FIND_LINKS:find-links UV_NO_INDEX:no-index \
        UV_INSECURE_HOST:trusted-host SSL_CERT_FILE:cert HTTPS_PROXY:proxy; do
        name=${pair%%:*}
        value=$(pip_setting "${pair#*:}")
        [ "$name" != UV_FIND_LINKS ] || value=$(printf '%s' "$value" | tr -s ' ' ',')
        eval "given=\${$name-}"
        if [ -z "$given" ] && [ -n "$value" ]; then
            eval "$name=\$value"
            export "${name?}"
        fi
    done
    UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180}
    export UV_HTTP_TIMEOUT
}

# Runs in place of its subshell. Every file is pinned by its hash, so it does not matter from which index it comes.
install_with_uv() {
    give_uv_the_settings_of_pip
    exec "$UV" pip install --python "$PYTHON" --no-deps --require-hashes --index-strategy unsafe-best-match --no-progress \
        $options
}

install_packages() {
    options=""
    for file in "$@"; do options="$options -r $file"; done
    say "Installing $(cat "$@" | grep -c '^[a-z0-9].*==') packages (about 1 GB the first time; then a minute)"
    if find_uv "$PYTHON"; then
        with_progress install_with_uv && return 0
        cp "$INSTALL_LOG" "$CACHE/install-uv.log"
        say "  uv could not do it (see $CACHE/install-uv.log); now with pip, which takes some minutes longer"
    fi
    with_progress "$PYTHON" -m pip install --disable-pip-version-check --no-deps --require-hashes $options && return 0
    fail "The packages could not be installed; the last lines of $INSTALL_LOG:
$(tail -n 8 "$INSTALL_LOG")
Check the network, pip's index and the space on the disk (4 GB), then start again."
}

# prepare_environment FILE...: makes .venv hold what the requirements files say; at once where it does already.
prepare_environment() {
    mkdir -p "$CACHE"
    up_to_date=yes
    for file in "$@"; do cmp -s "$file" ".venv/installed/$(basename "$file")" || up_to_date=no; done
    if [ -e .venv/installing ] || ! is_python_310 "$PYTHON"; then
        make_venv
        up_to_date=no
    fi
    if [ "$up_to_date" = no ]; then
        started=$(date +%s)
        : >.venv/installing # stands here after an interruption: then .venv is made anew
        install_packages "$@"
        mkdir -p .venv/installed
        cp "$@" .venv/installed
        rm .venv/installing
        say "Installed in $(($(date +%s) - started)) s"
    fi
    export RASA_TELEMETRY_ENABLED=false
    # Rasa takes ten seconds more to import uncompiled. What is used is compiled at its first import, into .venv;
    # to compile all that is installed would take half a minute.
    unset PYTHONDONTWRITEBYTECODE
}
