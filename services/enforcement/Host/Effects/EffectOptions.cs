namespace Moderation.Enforcement.Host.Effects;

/// <summary>When effects should be confirmed. Section <c>Effects</c>.</summary>
internal sealed class EffectOptions
{
    public const string Section = "Effects";

    /// <summary>How long the platform has to confirm a decision before it is listed, counted and announced again; 1 minute to 7 days.</summary>
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>For how long a decision is announced again; then it leaves the list. 1 to 214 days.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(30);

    public bool IsValid() => ConfirmWithin >= TimeSpan.FromMinutes(1) && ConfirmWithin <= TimeSpan.FromDays(7)
        && GiveUpAfter >= TimeSpan.FromDays(1) && GiveUpAfter <= TimeSpan.FromDays(214);
}
