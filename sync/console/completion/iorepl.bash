# bash completion for iorepl; load it with: source <(iorepl completion --shell bash)

_iorepl() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words
    COMPREPLY=()
    case "$previous" in
        -c|--config|--report)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
    esac
    words=("${COMP_WORDS[@]:0:COMP_CWORD}")
    if [[ "$current" == -* ]]; then
        words+=("$current")
    fi
    mapfile -t COMPREPLY < <(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$current")
}

complete -F _iorepl iorepl
