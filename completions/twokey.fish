# SPDX-License-Identifier: BSD-2-Clause
# fish completion for twokey(8). Commands, options and words are those of twokey's own --help, with
# what it says of them; users and devices are what it tells root.

# The commands, or the words that a command begins with, each with what it is.
function __twokey_words
    twokey $argv --help 2>/dev/null | string replace -rf '^  ([a-z]+)  +(.*)' '$1\t$2'
end

function __twokey_options
    set -l text (twokey $argv[1] --help 2>/dev/null)
    set -l told (string replace -rf '^  (--[a-z][a-z-]*)( [A-Z]+)? +(.*)' '$1\t$3' -- $text)
    string join \n -- $told
    for option in (string match -rga '[[ ](--[a-z][a-z-]*)' -- $text) --help --version
        string match -q -- "$option"\t'*' $told; or echo $option
    end
end

function __twokey_argument
    LC_ALL=C twokey $argv[1] --help 2>/dev/null |
        string replace -rf '.*'$argv[2]'[ =]([A-Z]+).*' '$1' | head -n 1
end

# An ordinary user would be asked for a password.
function __twokey_enrolled
    test (id -u) = 0; and twokey list --json 2>/dev/null |
        string replace -rf '^ *"user": "([^"\\\\]*)".*' '$1'
end

function __twokey_devices
    test (id -u) = 0; and twokey status $argv[1] --json 2>/dev/null </dev/null |
        string replace -rf '^ *"name": "([^"]*)".*' '$1'
end

# The values of an option of a command; 1 for a flag.
function __twokey_value
    switch $argv[2]
        case --algorithm
            string join \n SHA1 SHA256 SHA512
        case --digits
            string join \n 6 7 8
        case --sheet
            string join \n txt html
        case --qr
            string join \n utf8 ascii none png= svg=
        case --device
            __twokey_devices $argv[3]
        case '*'
            switch (__twokey_argument $argv[1] $argv[2])
                case DIR
                    __fish_complete_directories (commandline -ct)
                case FILE
                    __fish_complete_path (commandline -ct)
                case USER
                    __fish_complete_users
                case '?*'
                case '*'
                    return 1
            end
    end
    return 0
end

function __twokey_operand
    switch $argv[1]:$argv[2]
        case enroll:0 try:1
            __fish_complete_users
        case try:0
            string replace -r '.*/' '' /etc/pam.d/*
        case import:0 export:0
            __twokey_words $argv[1]
        case 'import:*'
            __fish_complete_path (commandline -ct)
        case 'export:*' status:0 verify:0 show:0 unlock:0 recovery:0 remove:0
            __twokey_enrolled
    end
end

function __twokey
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command $words[2]
    if test (count $words) = 1
        __twokey_words
        string join \n -- --help --version
        return
    end
    set -l operands
    for i in (seq 3 (count $words))
        string match -q -- '-*' $words[$i]; and continue
        set -l before $words[(math $i - 1)]
        if string match -q -- '--*' $before; and test -n (__twokey_argument $command $before | string collect)
            continue
        end
        set -a operands $words[$i]
    end
    if string match -q -- '-*' $current
        __twokey_options $command
        return
    end
    set -l before $words[-1]
    string match -q -- '--*' $before; and __twokey_value $command $before $operands[1]; and return
    __twokey_operand $command (count $operands)
end

complete -c twokey -f -a '(__twokey)'
