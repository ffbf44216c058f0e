#compdef iorepl
# zsh completion for iorepl; load it with: source <(iorepl completion --shell zsh)

_iorepl() {
    local current="${words[CURRENT]}" previous="${words[CURRENT-1]}"
    local -a request candidates
    case "$previous" in
        -c|--config|--report)
            _files
            return ;;
    esac
    request=("${(@)words[1,CURRENT-1]}")
    if [[ "$current" == -* ]]; then
        request+=("$current")
    fi
    candidates=("${(@f)$("${(@)request}" --generate-bash-completion 2>/dev/null)}")
    compadd -- "${(@)candidates}"
}

compdef _iorepl iorepl
