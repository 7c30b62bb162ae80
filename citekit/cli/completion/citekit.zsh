#compdef citekit
# zsh completion of citekit; installed by: citekit --install-completion zsh
_citekit() {
    local -a found
    found=("${(@f)$(_CITEKIT_COMPLETE=complete_zsh ${(Q)words[1]} "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then
        _describe citekit found
    else
        _files
    fi
}
if [[ "$funcstack[1]" == "_citekit" ]]; then
    _citekit "$@"
else
    compdef _citekit citekit
fi
