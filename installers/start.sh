# Read by what starts the program: 'infd' of the source tree and the launchers of an application folder on Linux.
# shellcheck shell=sh

is_utf8() {
  case $(LC_ALL=$1 locale charmap 2>/dev/null) in
    UTF-8 | utf-8 | UTF8 | utf8) return 0 ;;
    *) return 1 ;;
  esac
}

# Names of files, prompts and signs in the output are UTF-8, also where nobody has chosen a language, where the chosen one is not
# installed, and where it has another character set: Java asks for that once, at its start. Messages and numbers stay as chosen.
# Sets 'numbers' to what Java is told of how numbers are written.
choose_utf8() {
  numbers=
  chosen=${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}
  is_utf8 "$chosen" && return 0
  language=${chosen%%[.@]*}
  # one part that is not installed, and the system takes none: then all parts are chosen here
  part=LC_ALL
  if [ -z "$(locale 2>&1 >/dev/null)" ]; then
    part=LC_CTYPE
    [ -z "${LC_ALL:-}" ] || export LC_MESSAGES="$LC_ALL"
    unset LC_ALL
  fi
  found=C.UTF-8
  for utf8 in "$language.UTF-8" "$language.utf8" C.UTF-8 C.utf8 en_US.UTF-8; do
    if is_utf8 "$utf8"; then
      found=$utf8
      break
    fi
  done
  export "$part=$found"
  case $found in
    "$language".*) ;;
    *)
      case $language in
        [a-z][a-z]_[A-Z][A-Z])
          numbers="-Duser.language.format=${language%_*} -Duser.country.format=${language#*_}"
          ;;
      esac
      ;;
  esac
}

# What was made for folders with a colon that are no more: links that lead nowhere, the Javas beside them, and copies that were
# interrupted, which have the number of a process. $1 = where they lie
sweep_reach() {
  for old in "$1"/program-*; do
    case ${old##*/program-} in
      *-java.*[!0-9]*) ;;
      *-java.*) kill -0 "${old##*.}" 2>/dev/null || rm -rf "$old" 2>/dev/null ;;
      *-java) [ ! -e "${old%-java}" ] && [ -f "$old/lib/modules" ] && rm -rf "$old" 2>/dev/null ;;
      *[!0-9]*) ;;
      *) [ -L "$old" ] && [ ! -e "$old" ] && rm -f "$old" 2>/dev/null ;;
    esac
  done
  return 0
}

# Java separates folders by colons and knows no way around: a link without one leads to such a folder. Sets 'reach' to a path without
# a colon. $1 = folder, $2 = a file in it
choose_reach() {
  data=${INFD_DATA:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/infd-studio}
  sweep_reach "$data"
  sweep_reach "${TMPDIR:-/tmp}"
  reach=$1
  case $1 in
    *:*) ;;
    *) return 0 ;;
  esac
  for place in "$data" "${TMPDIR:-/tmp}"; do
    case $place in
      *:*) continue ;;
    esac
    reach=$place/program-$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)
    mkdir -p "$place" 2>/dev/null && ln -sfn "$1" "$reach" 2>/dev/null && [ -f "$reach/$2" ] && return 0
  done
  printf '%s\n' "The name of $1 has a colon, which Java takes for the end of a folder's name. Move the program to a folder without one." >&2
  return 1
}
