using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Resp.Tests.Connections;

/// <summary>Counts the whole process, so it runs alone.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private const int RoundTrips = 10_000;
    private const int Attempts = 5; // the runtime itself allocates now and then (tiering, timers); one clean attempt proves the point
    private const long AllowedBytes = 64 * 1024; // 6 bytes a round trip; the smallest object has 24

    [Fact]
    public async Task A_round_trip_allocates_nothing_in_steady_state() => await AssertAllocatesNothingAsync(pipeline: 1);

    [Fact]
    public async Task Pipelined_round_trips_allocate_nothing_in_steady_state() => await AssertAllocatesNothingAsync(pipeline: 50);

    [Fact]
    public async Task Waiting_for_room_allocates_nothing_in_steady_state() => await AssertAllocatesNothingAsync(pipeline: 50, inFlightBytesMax: 100);

    [Fact]
    public async Task A_cancellable_round_trip_allocates_nothing_in_steady_state()
    {
        using var cancelling = new CancellationTokenSource();
        await AssertAllocatesNothingAsync(pipeline: 1, ct: cancelling.Token);
    }

    private static async Task AssertAllocatesNothingAsync(int pipeline, int inFlightBytesMax = 1_000_000, CancellationToken ct = default)
    {
        using var server = new SilentServer();
        await using var connection = await RespConnection.ConnectAsync(server.Endpoint, new RedisOptions { InFlightBytesMax = inFlightBytesMax }, CancellationToken.None);
        var requests = Enumerable.Range(0, pipeline).Select(_ => new PingRequest()).ToArray();
        var sends = new ValueTask[pipeline];
        await RunAsync(connection, requests, sends, RoundTrips, ct);

        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > AllowedBytes; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(connection, requests, sends, RoundTrips, ct);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least <= AllowedBytes, $"{least} bytes over {RoundTrips} round trips");
        Assert.All(requests, request => Assert.True(request.AnswerBytes == 4));
    }

    private static async Task RunAsync(RespConnection connection, PingRequest[] requests, ValueTask[] sends, int roundTrips, CancellationToken ct)
    {
        for (var done = 0; done < roundTrips; done += requests.Length)
        {
#pragma warning disable CA2012 // each is awaited exactly once, just below
            for (var index = 0; index < requests.Length; index++) sends[index] = connection.ExecuteAsync(requests[index], ct: ct);
#pragma warning restore CA2012
            for (var index = 0; index < requests.Length; index++) await sends[index];
        }
    }

    private sealed class PingRequest : RespRequest
    {
        public int AnswerBytes { get; private set; }

        protected internal override void Write(RespWriter output)
        {
            output.WriteCommandHeader(2);
            output.WriteBulk("PING"u8);
            output.WriteBulk(123456789L);
        }

        protected internal override void Read(ref RespReader reply) => AnswerBytes = reply.ReadString().Length;
    }

    /// <summary>Answers each '*' with +PONG from a thread that allocates nothing, so that the process' count is the client's.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Thread _thread;
        private Socket? _session;

        public SilentServer()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            Endpoint = new RedisEndpoint { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndPoint!).Port };
            _thread = new Thread(Serve) { IsBackground = true };
            _thread.Start();
        }

        public RedisEndpoint Endpoint { get; }

        public void Dispose()
        {
            _session?.Dispose();
            _listener.Dispose();
            _thread.Join();
        }

        private void Serve()
        {
            var input = new byte[64 * 1024];
            byte[] pong = [.. "+PONG\r\n"u8];
            try
            {
                _session = _listener.Accept();
                _session.NoDelay = true;
                int count;
                while ((count = _session.Receive(input)) > 0)
                {
                    for (var left = input.AsSpan(0, count).Count((byte)'*'); left > 0; left--) _session.Send(pong);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The client went away, or the test ended.
            }
        }
    }
}
