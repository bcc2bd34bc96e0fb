using System.Text.RegularExpressions;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests.Conditions;

/// <summary>What Redis says has one name, and every name its row in the handbook.</summary>
public sealed partial class ConditionsTests
{
    [Theory]
    [InlineData("LOADING", "LOADING Redis is loading the dataset in memory", "loading")]
    [InlineData("BUSY", "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.", "busy")]
    [InlineData("MISCONF", "MISCONF Errors writing to the AOF file: No space left on device", "misconf")]
    [InlineData("NOREPLICAS", "NOREPLICAS Not enough good replicas to write.", "no_replicas")]
    [InlineData("OOM", "OOM command not allowed when used memory > 'maxmemory'.", "out_of_memory")]
    [InlineData("READONLY", "READONLY You can't write against a read only replica.", "read_only")]
    [InlineData("UNBLOCKED", "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", "read_only")]
    [InlineData("UNBLOCKED", "UNBLOCKED the stream key no longer exists", "no_group")]
    [InlineData("NOGROUP", "NOGROUP No such key 'events' or consumer group 'event_group'", "no_group")]
    [InlineData("ERR", "ERR Function not found", "no_function")]
    [InlineData("MOVED", "MOVED 3999 127.0.0.1:6381", "cluster")]
    [InlineData("TRYAGAIN", "TRYAGAIN Multiple keys request during rehashing of slot", "cluster")]
    [InlineData("CLUSTERDOWN", "CLUSTERDOWN The cluster is down", "cluster")]
    [InlineData("ERR", "ERR max number of clients reached", "too_many_clients")]
    [InlineData("NOAUTH", "NOAUTH Authentication required.", "credentials")]
    [InlineData("WRONGPASS", "WRONGPASS invalid username-password pair or user is disabled.", "credentials")]
    [InlineData("NOPERM", "NOPERM this user has no permissions to run the 'fcall' command", "permission")]
    [InlineData("ERR", "ERR The user executing the script can't run this command or subcommand script: sg_join_v1", "permission")]
    [InlineData("WRONGTYPE", "WRONGTYPE Operation against a key holding the wrong kind of value", "wrong_type")]
    [InlineData("SGDEAD", "SGDEAD {s}:dead takes no more letters", "dead_letters_exhausted")]
    [InlineData("SGBOOKS", "SGBOOKS field floor of {s}:meta holds no entry id", "books_spoilt")]
    [InlineData("ERR", "ERR The stream has exhausted the last possible ID, unable to add more items", "stream_exhausted")]
    [InlineData("ERR", "ERR something new", "refused")]
    public void A_reply_has_its_name(string code, string reply, string name) => Assert.Equal(name, Streams.Conditions.Of(new RedisReplyException(code, reply)).Name);

    [Fact]
    public void Failures_without_a_reply_have_theirs()
    {
        Assert.Equal("unreachable", Streams.Conditions.Of(new RedisConnectionException("gone")).Name);
        Assert.Equal("timeout", Streams.Conditions.Of(new RedisTimeoutException("late")).Name);
        Assert.Equal("protocol", Streams.Conditions.Of(new RespProtocolException("no RESP")).Name);
        Assert.Equal("failed", Streams.Conditions.Of(new InvalidOperationException("a bug")).Name);
    }

    [Fact]
    public void Busy_names_the_commands_that_end_it() => Assert.Contains("FUNCTION KILL, or SCRIPT KILL", Streams.Conditions.Busy.Remedy, StringComparison.Ordinal);

    [Fact]
    public void Every_condition_has_its_row_on_the_page_and_every_row_its_condition()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/conditions.md"));
        Assert.Equal(Streams.Conditions.All.Select(condition => $"{condition.Name} {condition.Level}").Order(), Row().Matches(page).Select(row => $"{row.Groups["name"].Value} {row.Groups["level"].Value}").Order());
    }

    [Fact]
    public void A_sentence_for_an_operator_is_whole()
    {
        Assert.All(Streams.Conditions.All, condition => Assert.EndsWith(".", condition.Remedy, StringComparison.Ordinal));
        Assert.All(Streams.Conditions.All, condition => Assert.False(condition.Meaning.EndsWith('.')));
        Assert.Equal(Streams.Conditions.All.Count, Streams.Conditions.All.Select(condition => condition.Name).Distinct().Count());
    }

    [GeneratedRegex(@"(?m)^\| `(?<name>[a-z_]+)` \| (?<level>Error|Warning) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
