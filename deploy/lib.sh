# Shared by deploy/demo, deploy/test and deploy/lock. Sourced, never run.
# Needs bash and what a fresh Debian 12/13 or Ubuntu 24.04 carries; installs the rest.

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$ROOT"
VENV=$ROOT/.venv
PY=$VENV/bin/python
MISSING=()

say() { printf '\n▸ %s\n' "$*" >&2; }

# stop "phrase française" "English sentence": the one sentence that says what to do, then the end.
stop() {
  printf '\n✗ %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

require_linux() {
  [[ $(uname -s) == Linux ]] || stop \
    "Ce script s'adresse à Debian et Ubuntu : sur macOS ou Windows, suivez « Other systems » dans deploy/README.md." \
    "This script is for Debian and Ubuntu: on macOS or Windows, follow “Other systems” in deploy/README.md."
}

# The Python that makes the environment: $PYTHON, else the first of 3.11 to 3.13 found. Sets PYTHON.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    [[ -n $candidate ]] || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then
      PYTHON=$("$candidate" -c 'import sys; print(sys.executable)')
      return
    fi
  done
  stop "Il faut Python 3.11, 3.12 ou 3.13 : installez python3, ou indiquez-le avec PYTHON=/chemin/vers/python3." \
    "Python 3.11, 3.12 or 3.13 is needed: install python3, or name it with PYTHON=/path/to/python3."
}

# -- Packages of the distribution ---------------------------------------------------------------

has_library() {
  local known
  known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true)
  [[ $known == *"$1"* ]]
}

# need PACKAGE PROBE…: remembers PACKAGE when the probe fails.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || MISSING+=("$package")
}

# What the site itself needs: a virtual environment, PDF rendering, compiled translations.
need_site_packages() {
  local version
  version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  [[ -x $PY ]] || need "python$version-venv" "$PYTHON" -c 'import ensurepip, venv'
  need libpango-1.0-0 has_library libpango-1.0.so.0
  need libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
  need libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
  need gettext have msgfmt
}

install_missing() {
  ((${#MISSING[@]})) || return 0
  have apt-get || stop \
    "Installez avec votre gestionnaire de paquets l'équivalent de : ${MISSING[*]}, puis relancez cette commande." \
    "With your package manager, install what corresponds to: ${MISSING[*]}, then run this command again."
  local root=()
  if ((EUID != 0)); then
    if have sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      root=(sudo)
    else
      stop "Demandez à l'administrateur : apt-get install --no-install-recommends ${MISSING[*]}, puis relancez cette commande." \
        "Ask the administrator for: apt-get install --no-install-recommends ${MISSING[*]}, then run this command again."
    fi
  fi
  say "Installation de : ${MISSING[*]}"
  if ! apt_install "${root[@]}"; then
    stop "apt-get n'a pas pu installer ${MISSING[*]} : vérifiez la connexion et les sources de paquets, puis relancez." \
      "apt-get could not install ${MISSING[*]}: check the network and the package sources, then run this again."
  fi
  MISSING=()
}

# apt_install [sudo]: installs MISSING. Services that come with a package (PostgreSQL, Redis) are
# not started: policy-rc.d is Debian's own way to say so, and goes away at the end.
apt_install() {
  local log status=0
  log=$(mktemp)
  # shellcheck disable=SC2016 # expanded by the inner shell
  "$@" env DEBIAN_FRONTEND=noninteractive bash -euc '
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
      trap "rm -f $policy" EXIT
      printf "#!/bin/sh\nexit 101\n" >"$policy"
      chmod 755 "$policy"
    fi
    apt-get -qq -o DPkg::Lock::Timeout=120 update
    apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"
  ' apt "${MISSING[@]}" >"$log" 2>&1 || status=$?
  ((status == 0)) || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
}

# -- The virtual environment --------------------------------------------------------------------

# fingerprint FILE…: one line that changes with the content of the files.
fingerprint() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

# ensure_environment runtime|dev: .venv as the lock file says. Tools of a developer are kept
# when the demonstration asks only for the runtime.
ensure_environment() {
  mkdir -p "$ROOT/var"
  (
    # Two starts at the same time would install into the same place.
    if have flock; then flock 9; fi
    sync_environment "$1"
  ) 9>"$ROOT/var/install.lock"
}

sync_environment() {
  local profile=$1 lock stamp want
  [[ -e $VENV/installed-dev ]] && profile=dev
  lock=deploy/requirements.txt
  [[ $profile == dev ]] && lock=deploy/requirements-dev.txt
  stamp=$VENV/installed-$profile
  want="$(fingerprint "$lock" deploy/requirements-uv.txt) $ROOT $("$PYTHON" -c 'import sys; print(sys.version_info[:2])')"
  if [[ -x $PY && -e $stamp && $(<"$stamp") == "$want" ]] && "$PY" -c 'import django' 2>/dev/null; then
    return
  fi
  say "Bibliothèques Python ($lock), dans .venv"
  rm -f "$VENV"/installed-*
  if ! "$PY" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || stop \
      "Impossible de créer .venv : installez python3-venv (ou libérez de la place), puis relancez." \
      "Cannot create .venv: install python3-venv (or free some space), then run this again."
  fi
  install_uv
  # uv forgets lock files in the temporary folder; here they go with the environment.
  mkdir -p "$VENV/tmp"
  TMPDIR=$VENV/tmp "$PY" -m uv --no-progress pip sync --quiet --require-hashes --python "$PY" "$lock" deploy/requirements-uv.txt || stop \
    "L'installation des bibliothèques Python a échoué : vérifiez la connexion à Internet, puis relancez." \
    "Installing the Python libraries failed: check the Internet connection, then run this again."
  printf '%s' "$want" >"$stamp"
}

# A pinned uv, checked by its hash, inside the environment.
install_uv() {
  local pinned
  pinned=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' deploy/requirements-uv.txt)
  [[ $("$PY" -m uv --version 2>/dev/null) == "uv $pinned"* ]] && return
  "$PY" -m pip --version >/dev/null 2>&1 || "$PY" -m ensurepip >/dev/null
  "$PY" -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-uv.txt || stop \
    "L'installation de uv a échoué : vérifiez la connexion à Internet, puis relancez." \
    "Installing uv failed: check the Internet connection, then run this again."
}

# -- Small things both scripts do ---------------------------------------------------------------

compile_messages() {
  local source
  for source in locale/*/LC_MESSAGES/*.po; do
    [[ -e $source ]] || continue
    if [[ ! -e ${source%.po}.mo || $source -nt ${source%.po}.mo ]]; then
      if [[ $source == locale/fr/* ]]; then
        # Texts are written in French: said once more here, each is found at once and not after 24 other catalogues.
        msgen "$source" | msgfmt --check-format -o "${source%.po}.mo" -
      else
        msgfmt --check-format -o "${source%.po}.mo" "$source"
      fi
    fi
  done
}

free_port() {
  "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
