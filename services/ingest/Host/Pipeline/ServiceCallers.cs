using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.Ingest.Host.Pipeline;

/// <summary>The streams to the three services that a post passes through.</summary>
internal sealed class ServiceCallers : IAsyncDisposable
{
    public ServiceCallers(
        ServiceChannels channels, IOptions<PipelineOptions> options, TimeProvider time, Random random, ILogger<ServiceCallers> logger)
    {
        var lanes = options.Value.Streams;
        var text = new TextClassifyService.TextClassifyServiceClient(channels.To("TextClassify"));
        Text = new(
            new(
                text.ClassifyStream,
                text.ClassifyTextAsync,
                calls => new ClassifyStreamRequest { Calls = { calls.Select(c => new ClassifyStreamCall { CorrelationId = c.Key, Request = c.Value }) } },
                message => message.Answers.Select(a => (a.CorrelationId, (ClassifyTextResponse?)a.Response, (Google.Rpc.Status?)a.Error))),
            lanes, time, random, logger);

        MediaHash = new MediaHashService.MediaHashServiceClient(channels.To("MediaHash"));
        Media = new(
            new(
                MediaHash.MatchStream,
                MediaHash.MatchMediaAsync,
                calls => new MatchStreamRequest { Calls = { calls.Select(c => new MatchStreamCall { CorrelationId = c.Key, Request = c.Value }) } },
                message => message.Answers.Select(a => (a.CorrelationId, (MatchMediaResponse?)a.Response, (Google.Rpc.Status?)a.Error))),
            lanes, time, random, logger);

        Enforcement = new EnforcementService.EnforcementServiceClient(channels.To("Enforcement"));
        Decide = new(
            new(
                Enforcement.DecideStream,
                Enforcement.DecidePostAsync,
                calls => new DecideStreamRequest { Calls = { calls.Select(c => new DecideStreamCall { CorrelationId = c.Key, Request = c.Value }) } },
                message => message.Answers.Select(a => (a.CorrelationId, (DecidePostResponse?)a.Response, (Google.Rpc.Status?)a.Error))),
            lanes, time, random, logger);
    }

    /// <summary>Scores texts.</summary>
    public StreamCaller<ClassifyTextRequest, ClassifyTextResponse, ClassifyStreamRequest, ClassifyStreamResponse> Text { get; }

    /// <summary>Matches media.</summary>
    public StreamCaller<MatchMediaRequest, MatchMediaResponse, MatchStreamRequest, MatchStreamResponse> Media { get; }

    /// <summary>Decides posts.</summary>
    public StreamCaller<DecidePostRequest, DecidePostResponse, DecideStreamRequest, DecideStreamResponse> Decide { get; }

    /// <summary>media-hash, for uploads.</summary>
    public MediaHashService.MediaHashServiceClient MediaHash { get; }

    /// <summary>enforcement, for reading.</summary>
    public EnforcementService.EnforcementServiceClient Enforcement { get; }

    public async ValueTask DisposeAsync()
    {
        await Text.DisposeAsync();
        await Media.DisposeAsync();
        await Decide.DisposeAsync();
    }
}
