using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Moderation.Contracts.V1;
using Moderation.Testing;
using StackExchange.Redis;

namespace Moderation.Benchmarks.Suite;

/// <summary>The suite as a platform's backend sees it. Each answer is looked at: a post that was not scored and decided is a failure.</summary>
internal sealed class SuiteUnderLoad : IAsyncDisposable
{
    private readonly Deployment _deployment;
    private readonly PostSource _posts;
    private readonly GrpcChannel _channel;
    private readonly IngestService.IngestServiceClient _ingest;
    private readonly IConnectionMultiplexer _redis;

    private SuiteUnderLoad(Deployment deployment, PostSource posts, IConnectionMultiplexer redis)
    {
        (_deployment, _posts, _redis) = (deployment, posts, redis);
        _channel = GrpcChannel.ForAddress(deployment.Ingest.Address);
        _ingest = new IngestService.IngestServiceClient(_channel.Intercept(WithKey));
    }

    public Deployment Deployment => _deployment;

    public static async Task<SuiteUnderLoad> StartAsync(
        PostSource posts, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var deployment = await Deployment.StartAsync("bench", "everysec", environment, cancellationToken);
        var settings = ConfigurationOptions.Parse(deployment.Redis.ConnectionString);
        settings.AllowAdmin = true; // it changes appendfsync between legs
        return new SuiteUnderLoad(deployment, posts, await ConnectionMultiplexer.ConnectAsync(settings));
    }

    public async Task<string> RedisVersionAsync() => (await _redis.GetServers()[0].InfoAsync("server"))[0].First(p => p.Key == "redis_version").Value;

    /// <summary>Changes when Redis syncs: <c>everysec</c> or <c>always</c>.</summary>
    public Task SyncAsync(string when) => _redis.GetServers()[0].ConfigSetAsync("appendfsync", when);

    /// <summary>Commands that Redis has run, those inside scripts too.</summary>
    public async Task<long> RedisCommandsAsync()
        => (await _redis.GetServers()[0].InfoAsync("commandstats"))[0]
            .Sum(p => long.Parse(p.Value.Split(',')[0].Split('=')[1], System.Globalization.CultureInfo.InvariantCulture));

    public async Task SubmitAsync() => Require(await _ingest.SubmitPostAsync(_posts.Next()));

    /// <summary>One stream with a place for each caller.</summary>
    public async Task<PostsStream> OpenStreamAsync(CancellationToken cancellationToken)
    {
        var stream = new PostsStream(_ingest.StreamPosts(cancellationToken: cancellationToken), _posts);
        await stream.CallAsync();
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _redis.DisposeAsync();
        await _deployment.DisposeAsync();
    }

    private static void Require(SubmitPostResponse answer)
    {
        if (answer.State != PostState.Decided || answer.Decision.TextStatus != SignalStatus.Available)
        {
            throw new InvalidOperationException(
                $"{answer.PostId} was answered {answer.State} with text {answer.Decision?.TextStatus}: what is measured must be scored and decided.");
        }
    }

    private Metadata WithKey(Metadata headers)
    {
        headers.Add("x-api-key", _deployment.ApiKey);
        return headers;
    }

    internal sealed class PostsStream : IAsyncDisposable
    {
        private readonly AsyncDuplexStreamingCall<StreamPostsRequest, StreamPostsResponse> _call;
        private readonly PostSource _posts;
        private readonly SemaphoreSlim _writer = new(1);
        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<StreamPostsResponse>> _waiting = new();
        private readonly Task _reading;
        private ulong _last;

        public PostsStream(AsyncDuplexStreamingCall<StreamPostsRequest, StreamPostsResponse> call, PostSource posts)
        {
            (_call, _posts) = (call, posts);
            _reading = ReadAsync();
        }

        public async Task CallAsync()
        {
            var id = Interlocked.Increment(ref _last);
            var answer = _waiting[id] = new TaskCompletionSource<StreamPostsResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            await _writer.WaitAsync();
            try
            {
                await _call.RequestStream.WriteAsync(new StreamPostsRequest { CorrelationId = id, Submit = _posts.Next() });
            }
            finally
            {
                _writer.Release();
            }

            var response = await answer.Task;
            Require(response.Accepted ?? throw new InvalidOperationException($"StreamPosts refused a post: {response.Error.Message}"));
        }

        public async ValueTask DisposeAsync()
        {
            await _call.RequestStream.CompleteAsync();
            await _reading;
            _call.Dispose();
            _writer.Dispose();
        }

        private async Task ReadAsync()
        {
            try
            {
                await foreach (var response in _call.ResponseStream.ReadAllAsync())
                {
                    _waiting.TryRemove(response.CorrelationId, out var answer);
                    answer?.SetResult(response);
                }
            }
            catch (RpcException broken)
            {
                foreach (var answer in _waiting.Values)
                {
                    answer.TrySetException(broken);
                }
            }
        }
    }
}
