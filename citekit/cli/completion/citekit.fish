# fish completion of citekit; installed by: citekit --install-completion fish
function __citekit_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (env _CITEKIT_COMPLETE=complete_fish $words[1] $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete --command citekit --no-files --arguments '(__citekit_complete)'
