using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Ingest.Host.Pipeline;

/// <summary>Asks the signal services in parallel, within one deadline. A source that fails becomes an explicit UNAVAILABLE signal.</summary>
internal sealed partial class SignalFanOut(
    ServiceCallers callers, IOptions<PipelineOptions> options, TimeProvider time, ILogger<SignalFanOut> logger)
{
    public async Task<(TextSignals Text, MediaSignals Media)> AskAsync(string tenant, Post post, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow().UtcDateTime + options.Value.SignalTimeout;
        var text = TextAsync(tenant, post, deadline, cancellationToken);
        var media = MediaAsync(tenant, post, deadline, cancellationToken);
        return (await text, await media);
    }

    private async Task<TextSignals> TextAsync(string tenant, Post post, DateTime deadline, CancellationToken cancellationToken)
    {
        if (post.Text.Length == 0)
        {
            return new TextSignals { Status = SignalStatus.NotApplicable };
        }

        try
        {
            var answer = await callers.Text.CallAsync(new ClassifyTextRequest { Text = post.Text, Language = post.Language, TenantId = tenant }, deadline, cancellationToken);
            return answer.Signals;
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            Unavailable("text", post.PostId, failure.StatusCode);
            return new TextSignals { Status = SignalStatus.Unavailable };
        }
    }

    private async Task<MediaSignals> MediaAsync(string tenant, Post post, DateTime deadline, CancellationToken cancellationToken)
    {
        if (post.Media.Count == 0)
        {
            return new MediaSignals { Status = SignalStatus.NotApplicable };
        }

        try
        {
            var request = new MatchMediaRequest
            {
                TenantId = tenant,
                MediaIds = { post.Media.Select(m => m.MediaId) },
                Post = new MatchedPost { AccountId = post.AccountId, PostId = post.PostId, Revision = Math.Max(1, post.Revision) },
            };
            var answer = await callers.Media.CallAsync(request, deadline, cancellationToken);
            return answer.Signals;
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            Unavailable("media", post.PostId, failure.StatusCode);
            return new MediaSignals { Status = SignalStatus.Unavailable };
        }
    }

    private void Unavailable(string source, string postId, StatusCode status)
    {
        ModerationMeter.SignalsUnavailable.Add(1, new KeyValuePair<string, object?>("source", source));
        LogUnavailable(source, postId, status);
    }

    [LoggerMessage(LogLevel.Warning, "No {Source} signal for {PostId} ({Status}); it is published and queued")]
    private partial void LogUnavailable(string source, string postId, StatusCode status);
}
