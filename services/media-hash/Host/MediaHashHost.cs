using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Host.Exchange;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.MediaHash.Host.Media;
using Moderation.MediaHash.Host.Pulling;
using Moderation.MediaHash.Host.Rpc;
using Moderation.MediaHash.Host.Video;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.MediaHash.Host;

/// <summary>The media-hash service.</summary>
public static class MediaHashHost
{
    /// <summary>Its name, as it is deployed.</summary>
    public const string Name = "media-hash";

    /// <summary>Makes the service, ready to run.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Further configuration, which wins.</param>
    /// <param name="services">Further services, which win: a clock, for example.</param>
    public static WebApplication Create(string[] args, Action<IConfigurationBuilder>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = ServiceHost.CreateBuilder(Name, args, configure);
        builder.Services.AddOptions<DecodingOptions>().BindConfiguration(DecodingOptions.Section)
            .Validate(o => o.MaxBytes is > 0 and <= 64 * 1024 * 1024, "MediaHash:Decoding:MaxBytes must be 1..67108864.")
            .Validate(o => o.MaxPixels > 0 && o.MaxSide > 0, "MediaHash:Decoding:MaxPixels and MaxSide must be above zero.")
            .Validate(o => o.MaxFrames > 0 && o.MaxFramePixels > 0, "MediaHash:Decoding:MaxFrames and MaxFramePixels must be above zero.")
            .Validate(o => o.SampledFrames is > 0 and <= 64, "MediaHash:Decoding:SampledFrames must be 1..64.")
            .Validate(o => o.MaxConcurrent is >= 0 and <= 64, "MediaHash:Decoding:MaxConcurrent must be 0..64.")
            .Validate(o => o.TimeoutSeconds is > 0 and <= 600, "MediaHash:Decoding:TimeoutSeconds must be 1..600.")
            .ValidateOnStart();
        builder.Services.AddSingleton<PictureHasher>();
        builder.Services.AddOptions<UploadOptions>().BindConfiguration(UploadOptions.Section)
            .Validate(o => o.MaxInFlight is > 0 and <= 10_000, "MediaHash:Upload:MaxInFlight must be 1..10000.").ValidateOnStart();
        builder.Services.AddVideo();
        builder.Services.AddSingleton<MediaFingerprinter>();
        builder.Services.AddSingleton<MediaIntake>();
        builder.Services.AddSingleton<FingerprintStore>();
        builder.Services.AddSingleton<MediaMatcher>();
        builder.Services.AddBanks();
        builder.Services.AddLookback();
        builder.Services.AddExchange();
        builder.Services.AddPulling();
        builder.Services.AddSingleton<MediaHashRpc>();
        services?.Invoke(builder.Services);
        var app = builder.BuildService();
        app.MapGrpcService<MediaHashRpc>();
        app.MapGrpcService<BankRpc>();
        app.MapGrpcService<LookbackRpc>();
        app.MapGrpcService<ExchangeRpc>();
        app.MapGrpcService<HashRpc>();
        return app;
    }
}
