# Net::SMPP as an ESME: see smpplib_esme.py. PORT TEXT
use strict;
use warnings;
use Encode qw(decode encode);
use JSON::PP;
use Net::SMPP;

my ($port, $text) = @ARGV;
my $octets = encode('UTF-16BE', decode('UTF-8', $text));
my $smpp = Net::SMPP->new_transceiver('127.0.0.1',
    port => $port, system_id => 'crm', password => 'secret', smpp_version => 0x34, async => 0)
    or die "no bind: $!";
my (%wanted, %ended, $said);
my @parts = unpack('(a132)*', $octets);
for my $number (1 .. @parts) {
    my $answer = $smpp->submit_sm(
        source_addr => '1234', destination_addr => '33612345678',
        dest_addr_ton => 1, dest_addr_npi => 1, data_coding => 8, registered_delivery => 1,
        esm_class => 0x40,
        short_message => pack('C6', 5, 0, 3, 0, scalar(@parts), $number) . $parts[$number - 1]);
    die 'status ' . $answer->status if $answer->status;
    $wanted{$answer->{message_id}} = 1;
}
while (keys(%ended) < keys(%wanted) || !defined $said) {
    my $pdu = $smpp->read_pdu() or die 'the connection ended';
    if ($pdu->cmd == 0x05) {
        $smpp->deliver_sm_resp(message_id => '', seq => $pdu->seq);
        if ($pdu->{esm_class} & 0x04) {
            $pdu->{short_message} =~ /^id:(\S+) .* stat:DELIVRD/ or die $pdu->{short_message};
            $ended{$1} = 1;
        } else {
            my $payload = $pdu->{message_payload};
            $said = decode('UTF-16BE', defined $payload ? $payload : $pdu->{short_message});
        }
    } elsif ($pdu->cmd == 0x15) {
        $smpp->enquire_link_resp(seq => $pdu->seq);
    }
}
$smpp->unbind();
print JSON::PP->new->ascii->allow_nonref->encode($said), "\n";
