using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Moderation.Contracts.V1;

namespace Moderation.Client;

/// <summary>
/// The moderation platform as a platform's backend sees it. Make one for the process; it is safe for concurrent use. Calls carry the API
/// key and a deadline, and are tried again while a service is away (UNAVAILABLE) or full (RESOURCE_EXHAUSTED): every call of the contract
/// may be repeated.
/// </summary>
public sealed class ModerationClient : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly List<GrpcChannel> _channels = [];
    private readonly ModerationClientOptions _options;
    private readonly TimeProvider _time;
    private readonly EnforcementService.EnforcementServiceClient? _enforcement;

    /// <summary>Makes a client; it connects with the first call.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="time">The clock; unset: the system's.</param>
    /// <exception cref="ArgumentException">An option is missing or wrong; the message says which.</exception>
    public ModerationClient(ModerationClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_options, _time) = (options, time ?? TimeProvider.System);
        Ingest = new IngestService.IngestServiceClient(Open(options.Ingest!)); // checked above
        _enforcement = options.Enforcement is { } address ? new EnforcementService.EnforcementServiceClient(Open(address)) : null;
    }

    /// <summary>Submits posts and tells what was decided.</summary>
    public IngestService.IngestServiceClient Ingest { get; }

    /// <summary>Decisions, statements of reasons, and the policy.</summary>
    /// <exception cref="InvalidOperationException">The options name no address of enforcement.</exception>
    public EnforcementService.EnforcementServiceClient Enforcement
        => _enforcement ?? throw new InvalidOperationException($"{nameof(ModerationClientOptions)}.{nameof(Enforcement)} is not set: give enforcement's gRPC address.");

    /// <summary>
    /// The tenant's events as they happen, at least once each, in order within an account; taken up again after the last one when the
    /// connection breaks. Keep the <c>cursor</c> of the last event that you handled, and begin with it after a restart.
    /// </summary>
    /// <param name="cursor">Empty: from now on. "0": all that is kept. Else after the event with this cursor.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="RpcException">
    /// <see cref="ModerationErrors.ReasonOf"/> is RESYNC_REQUIRED when events after the cursor are no longer kept: read the state of your
    /// posts anew, then watch with an empty cursor.
    /// </exception>
    public async IAsyncEnumerable<WatchDecisionsResponse> WatchAsync(string cursor, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        var pause = FirstPause;
        while (true)
        {
            using var watch = Ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = cursor }, cancellationToken: cancellationToken);
            while (await NextAsync(watch, cancellationToken))
            {
                pause = FirstPause;
                cursor = watch.ResponseStream.Current.Cursor;
                yield return watch.ResponseStream.Current;
            }

            await Task.Delay(pause, _time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _channels.ForEach(c => c.Dispose());

    // False when the stream ended in a way that taking it up again mends.
    private static async Task<bool> NextAsync(AsyncServerStreamingCall<WatchDecisionsResponse> watch, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.ResponseStream.MoveNext(cancellationToken);
        }
        catch (RpcException broken) when (!cancellationToken.IsCancellationRequested && IsPassing(broken))
        {
            return false;
        }
    }

    // A service that is away or full, or a connection that broke in the middle of a message.
    private static bool IsPassing(RpcException broken) => broken.StatusCode switch
    {
        StatusCode.Unavailable or StatusCode.ResourceExhausted => true,
        StatusCode.Internal or StatusCode.Unknown => ModerationErrors.ReasonOf(broken) == ErrorReason.Unspecified,
        _ => false,
    };

    private CallInvoker Open(Uri address)
    {
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = _options.Handler?.Invoke() ?? new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 64 * 1024 * 1024,
            ServiceConfig = new ServiceConfig { MethodConfigs = { Retries() } },
        });
        _channels.Add(channel);
        return channel.Intercept(new CallPreparation(_options, _time));
    }

    private MethodConfig Retries()
    {
        var method = new MethodConfig { Names = { MethodName.Default } };
        if (_options.MaxAttempts > 1)
        {
            method.RetryPolicy = new RetryPolicy
            {
                MaxAttempts = _options.MaxAttempts,
                InitialBackoff = TimeSpan.FromMilliseconds(100),
                MaxBackoff = TimeSpan.FromSeconds(2),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.ResourceExhausted },
            };
        }

        return method;
    }
}
