using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A running <c>up</c> and the private Redis it started or found. Disposing ends both.</summary>
internal sealed class UpProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly StreamgaugeProcess _process;

    private UpProcess(StreamgaugeProcess process, RespConnection redis, int redisProcessId)
    {
        _process = process;
        Redis = redis;
        RedisProcessId = redisProcessId;
    }

    /// <summary>A connection to the private Redis.</summary>
    public RespConnection Redis { get; }

    public int RedisProcessId { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(new Uri(WordAfter(_process.Output, "numbers ")), "/");
