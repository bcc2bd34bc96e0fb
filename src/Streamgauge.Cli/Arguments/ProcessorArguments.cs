using System.CommandLine;
using Streamgauge.Processing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>How processors count.</summary>
internal sealed class ProcessorArguments
{
    private readonly Option<int> _processors = new("--processors") { Description = "Processors in this process, each a consumer of its own.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _consumer = new("--consumer") { Description = "Beginning of the consumer names.", DefaultValueFactory = _ => "proc" };
    private readonly Option<string?> _consumerName = new("--consumer-name") { Description = "The consumer's whole name instead, for setups that need it to stay the same; one processor, one process at a time.", HelpName = "name" };
    private readonly Option<HumanDuration> _claimAfter = Parsers.Duration("--claim-after", TimeSpan.FromSeconds(30), "Silence after which a consumer's entries are taken over.");
    private readonly Option<HumanDuration> _timeout = Parsers.Duration("--timeout", TimeSpan.FromSeconds(10), "How long Redis may take to answer a processor before its connection is given up; less than --claim-after.");
    private readonly Option<HumanDuration> _sessionRetain = Parsers.Duration("--session-retain", TimeSpan.FromHours(24), "How long sessions are kept.");
    private readonly Option<int> _sessionsMax = new("--sessions-max") { Description = "Sessions per quarter of that; more count as (other).", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<int> _commit = new("--commit-events") { Description = "Most events of a commit.", DefaultValueFactory = _ => 16_000 };
    private readonly Option<HumanDuration> _retain = Parsers.Duration("--retain", TimeSpan.FromHours(1), "How long counted entries stay in the stream.");
    private readonly Option<HumanSize> _retainBytes = Parsers.Size("--retain-bytes", 256L << 20, "Size of the stream above which counted entries go earlier.");
    private readonly Option<int> _deliveries = new("--deliveries-max") { Description = "Consumers an entry may bring down before it is dead-lettered.", DefaultValueFactory = _ => 16 };
    private readonly Option<HumanDuration> _auditEvery = Parsers.Duration("--audit-every", TimeSpan.FromMinutes(5), "How often the retained stream is counted again and compared; 0 for never.");

    public ProcessorArguments(Command command)
    {
        Option[] options = [_processors, _consumer, _consumerName, _claimAfter, _timeout, _sessionRetain, _sessionsMax, _commit, _retain, _retainBytes, _deliveries, _auditEvery];
        foreach (var option in options) command.Options.Add(option);
    }

    public ProcessorOptions Read(ParseResult parsed, RedisEndpoint redis, RedisOptions connection, string stream, string group, List<string> problems)
    {
        connection.CommandTimeout = parsed.Get(_timeout);
        var options = new ProcessorOptions
        {
            Redis = redis,
            Connection = connection,
            Stream = stream,
            Group = group,
            ConsumerPrefix = parsed.Get(_consumer),
            ConsumerName = parsed.Get(_consumerName),
            Workers = parsed.Get(_processors),
            ClaimAfter = parsed.Get(_claimAfter),
            AuditEvery = parsed.Get(_auditEvery),
            SessionRetain = parsed.Get(_sessionRetain),
            SessionsMax = parsed.Get(_sessionsMax),
            EventsPerCommitMax = parsed.Get(_commit),
            Recovery = new RecoveryLimits { DeliveriesMax = parsed.Get(_deliveries), IsolateAtDeliveries = Math.Max(2, parsed.Get(_deliveries) / 4) },
            Tend = new TendOptions { Retain = parsed.Get(_retain), RetainBytesMax = parsed.Get(_retainBytes) },
        };
        problems.AddRange(options.FindProblems());
        return options;
    }
}
