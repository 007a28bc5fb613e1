using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Moderation.Client.Sample;

/// <summary>
/// A platform's receiver of webhooks: verifies, drops repeats, applies measures and reports the effect. Configuration:
/// <c>Webhooks:Secrets:&lt;key id&gt;</c> = <c>whsec_...</c>, and <c>Urls</c> (http://127.0.0.1:5080).
/// </summary>
public static class SampleReceiver
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>Makes it, ready to run.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Further services, which win: a clock, for example.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls(builder.Configuration["Urls"] ?? "http://127.0.0.1:5080");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = MaxBodyBytes);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SamplePlatform>();
        builder.Services.AddSingleton<IEffectReporter, LoggedEffects>();
        configure?.Invoke(builder);
        var secrets = builder.Configuration.GetSection("Webhooks:Secrets").GetChildren().ToDictionary(s => s.Key, s => s.Value ?? "");
        builder.Services.AddSingleton(p => new WebhookVerifier(secrets, p.GetRequiredService<TimeProvider>()));
        var app = builder.Build();
        _ = app.Services.GetRequiredService<WebhookVerifier>(); // a missing secret ends the start, not the first delivery
        app.MapPost("/moderation", ReceiveAsync);
        app.MapGet("/posts", (SamplePlatform platform) => platform.Posts);
        return app;
    }

    private static async Task<IResult> ReceiveAsync(
        HttpRequest request, WebhookVerifier verifier, SamplePlatform platform, IEffectReporter effects, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (!verifier.TryRead(name => request.Headers[name], body.GetBuffer().AsSpan(0, (int)body.Length), out var happened, out var fault))
        {
            return Results.StatusCode(fault == WebhookFault.UnreadableBody ? StatusCodes.Status400BadRequest : StatusCodes.Status401Unauthorized);
        }

        // The state first, the receipt last: a crash between the two only brings the event once more.
        if (platform.Apply(happened) is { } applied)
        {
            await effects.ReportAsync(applied, cancellationToken);
        }

        return Results.NoContent();
    }
}
