# fish completion for iorepl; load it with: iorepl completion --shell fish | source

function __iorepl_complete
    set -l request (commandline -opc)
    set -l current (commandline -ct)
    if string match -q -- '-*' "$current"
        set -a request "$current"
    end
    $request --generate-bash-completion 2>/dev/null
end

complete -c iorepl -f -a '(__iorepl_complete)'
complete -c iorepl -s c -l config -r -F
complete -c iorepl -l report -r -F
