#!/usr/bin/perl
# A fake dom0: xl and LVM as one small state machine, installed under their names in DIRECTORY/bin (see install.ts).
# State: DIRECTORY/state.json, under a lock. Faults: DIRECTORY/faults, "COMMAND:N=WHAT" a line; see `meet_fault`.
# What it says and how it ends is copied from the real programs; contract.ts holds both to it.
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl qw(:flock);
use File::Basename qw(basename dirname);
use JSON::PP;
BEGIN { unshift @INC, dirname(abs_path($0)) }
use FakeLvm;
use FakeHost;
use FakeTools;
use FakeXl;

$| = 1;
my $program = basename($0);
my $root = $ENV{FAKE_DOM0} // abs_path(dirname($0) . '/..');
my $json = JSON::PP->new->canonical->utf8;

my $world = { root => $root, scenario => read_json("$root/scenario.json") // {} };
my $word = (grep { !/^-/ } @ARGV)[0] // '';
FakeTools::leave_unshare(@ARGV) if $program eq 'unshare';
my $is_tool = FakeTools::knows($program);
my $key = $program eq 'xl' ? "xl $word" : $is_tool ? FakeTools::name_call($program, @ARGV) : $program;

FakeHost::run_real($program, @ARGV)
    unless $is_tool || $program =~ /^(xl|lv|vg)/ || FakeHost::is_ours($program, @ARGV);
log_call();
my $fault = lock_state(sub { count_call($key) });
meet_fault($fault, 'before');
my $act = $program eq 'xl' ? \&FakeXl::run : $program =~ /^(lv|vg)/ ? \&FakeLvm::run : \&FakeHost::run;
my ($status, $out, $err, $later) = $fault eq 'lie' ? (0, '', '', undef)
    : $is_tool ? (FakeTools::run($world, $program, @ARGV), '', '', undef)
    : lock_state(sub { $act->($world, $program, @ARGV) });
print STDERR $err if $err ne '';
print $out if $out ne '';
meet_fault($fault, 'after');
# Waiting (xl console, xl shutdown -w) happens without the state's lock.
$status = $later->(\&lock_state) if $later;
exit $status;

# Runs the code on the state, alone, and writes the state back by a rename.
sub lock_state {
    my ($code) = @_;
    open my $lock, '>>', "$root/state.lock" or die "state.lock: $!";
    flock $lock, LOCK_EX or die "flock: $!";
    $world->{state} = read_json("$root/state.json") // die "no state in $root";
    my @result = $code->($world);
    open my $file, '>', "$root/state.json.new" or die "state.json.new: $!";
    print $file $json->pretty->encode($world->{state});
    close $file or die "state.json.new: $!";
    rename "$root/state.json.new", "$root/state.json" or die "rename: $!";
    close $lock;
    return wantarray ? @result : $result[0];
}

sub read_json {
    my ($path) = @_;
    open my $file, '<', $path or return undef;
    local $/;
    return $json->decode(scalar <$file>);
}

sub log_call {
    open my $log, '>>', "$root/calls.log" or die "calls.log: $!";
    syswrite $log, JSON::PP->new->utf8->encode([$program, @ARGV]) . "\n";
}

# Counts this call, and finds the fault that is set for it. '*' stands for any command, and for any call.
sub count_call {
    my ($name) = @_;
    my $count = $world->{state}{calls};
    my %now = map { $_ => ++$count->{$_} } $name, '*';
    open my $file, '<', "$root/faults" or return '';
    for my $rule (split /[;\n]/, join '', <$file>) {
        my ($command, $number, $what) = $rule =~ /^\s*(\S.*?):(\d+|\*)=(.+?)\s*$/ or next;
        next unless exists $now{$command};
        return $what if $number eq '*' || $number == $now{$command};
    }
    return '';
}

# exit N                ends with N and does nothing
# lie                   says it succeeded and does nothing
# late                  ends as xl create does whose hotplug scripts were too slow
# garbage               prints nonsense, succeeds and does nothing
# hang, hang-after      never ends, before or after acting
# wait                  waits until the faults are cleared, and acts
# kill-parent-instead   kill -9 takes relight and this program before it acts
# kill-parent-before    kill -9 takes relight; this program acts as an orphan
# kill-parent-after     kill -9 takes relight when this program has acted
sub meet_fault {
    my ($what, $when) = @_;
    my $before = $when eq 'before';
    exit $1 if $before && $what =~ /^exit (\d+)$/;
    if ($before && $what eq 'late') {
        my $script = '/etc/xen/scripts/block add';
        print STDERR "libxl: error: libxl_aoutils.c:539:async_exec_timeout: killing execution of $script because of timeout\n";
        exit 3;
    }
    if ($before && $what eq 'garbage') { print "\x1b[31m{\"report\": [ \x00\n"; exit 0 }
    sleep 1 while $what eq ($before ? 'hang' : 'hang-after');
    select undef, undef, undef, 0.1 while $before && $what eq 'wait' && -s "$root/faults";
    kill_relight() if $what eq ($before ? 'kill-parent-before' : 'kill-parent-after');
    if ($before && $what eq 'kill-parent-instead') { kill_relight(); kill 'KILL', $$ }
    select undef, undef, undef, 0.1 if $before && $what eq 'kill-parent-before';
}

# The parent is `timeout`, which relight puts before every command: relight is above it.
sub kill_relight {
    my $pid = getppid();
    while ($pid > 1) {
        open my $file, '<', "/proc/$pid/stat" or return;
        my ($name, $parent) = <$file> =~ /^\d+ \((.*)\) \S (\d+)/s or return;
        last if $name ne 'timeout' && $name ne 'strace';
        $pid = $parent;
    }
    kill 'KILL', $pid if $pid > 1;
}
