using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// Lets shadows score the texts that the live model has scored, a moment later and beside the callers: nobody waits for it, nothing of it goes
/// into a signal, and what it can't keep up with is dropped and counted.
/// </summary>
internal sealed class ShadowScoring(
    ServedTextModels served, ShadowFigures figures, ShadowFiguresStore store, IOptions<TextModelOptions> options, TimeProvider time) : BackgroundService
{
    private const int AtOnce = 16;
    private const long MaxCharactersWaiting = 1_000_000;
    private const float Threshold = 0.5f;
    private static readonly TimeSpan SendEvery = TimeSpan.FromSeconds(5);

    private readonly Channel<ShadowText> _texts =
        Channel.CreateBounded<ShadowText>(new BoundedChannelOptions(options.Value.ShadowQueue) { SingleReader = true });

    private long _charactersWaiting;

    private sealed record ShadowText(TextUnderReview Text, string Submitted, TextFindings Findings, IServedTextModel Live);

    /// <summary>Gives the shadows a text with what the live model found; it must not be changed afterwards.</summary>
    public void Offer(TextUnderReview text, string submitted, TextFindings findings, IServedTextModel live)
    {
        var shadows = served.Shadows;
        if (shadows.Count == 0) return;
        if (Interlocked.Add(ref _charactersWaiting, submitted.Length) <= MaxCharactersWaiting && _texts.Writer.TryWrite(new ShadowText(text, submitted, findings, live))) return;
        Interlocked.Add(ref _charactersWaiting, -submitted.Length);
        foreach (var shadow in shadows) Count(shadow, live, ShadowResult.Dropped, findings, findings);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Task.Run(() => ScoreAsync(stoppingToken), stoppingToken), // off the start of the host: hashed shadows never yield
        SendAsync(stoppingToken));

    private async Task ScoreAsync(CancellationToken stoppingToken)
    {
        var batch = new List<ShadowText>(AtOnce);
        while (await _texts.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < AtOnce && _texts.Reader.TryRead(out var text)) batch.Add(text);
            foreach (var shadow in served.Shadows) await Task.WhenAll(batch.Select(t => ScoreAsync(shadow, t, stoppingToken)));
            Interlocked.Add(ref _charactersWaiting, -batch.Sum(t => (long)t.Submitted.Length));
        }
    }

    private async Task ScoreAsync(IServedTextModel shadow, ShadowText text, CancellationToken stoppingToken)
    {
        if (shadow.Version == text.Live.Version) return;
        var findings = new TextFindings();
        var outcome = await shadow.ScoreAsync(text.Text, text.Submitted, passages: false, findings, stoppingToken);
        if (outcome == ScoringOutcome.Retired) return;
        var result = outcome == ScoringOutcome.Unavailable ? ShadowResult.Unavailable : findings.Scored ? ShadowResult.Scored : ShadowResult.Abstained;
        Count(shadow, text.Live, result, text.Findings, findings);
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SendEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await store.TrySendAsync(stoppingToken);
    }

    /// <summary>What is counted and not sent yet goes to the store before the replica ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await store.TrySendAsync(cancellationToken);
    }

    private void Count(IServedTextModel shadow, IServedTextModel live, ShadowResult result, TextFindings found, TextFindings shadowed)
    {
        figures.Add(new ModelPair(live.Version, shadow.Version), result, found, shadowed);
        var model = new KeyValuePair<string, object?>("model", shadow.ModelId);
        ModerationMeter.ShadowTexts.Add(1, model, new KeyValuePair<string, object?>("result", ShadowFigures.FieldOf(result)));
        if (result != ShadowResult.Scored) return;
        foreach (var label in Enum.GetValues<TextLabel>().Where(shadowed.HasScore))
        {
            var category = new KeyValuePair<string, object?>("category", TextLabels.Name(label));
            ModerationMeter.ShadowScore.Record(shadowed.Scores[(int)label], model, category);
            if (!found.HasScore(label)) continue;
            var agreed = (found.Scores[(int)label] >= Threshold, shadowed.Scores[(int)label] >= Threshold) switch
            {
                (true, true) => "both",
                (true, false) => "live",
                (false, true) => "shadow",
                _ => "neither",
            };
            ModerationMeter.ShadowAgreement.Add(1, model, category, new KeyValuePair<string, object?>("result", agreed));
        }
    }
}
