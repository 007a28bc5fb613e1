namespace Moderation.Enforcement;

/// <summary>A measure before it is taken, with all that the matrix asks about.</summary>
/// <param name="Category">The harm that it answers.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Basis">What it rests on.</param>
/// <param name="By">Who decides.</param>
/// <param name="Start">When it would start.</param>
/// <param name="End">When it would end; null: when it is reverted.</param>
/// <param name="FromLadder">It follows from the published ladder.</param>
/// <param name="Feature">For RESTRICT_FEATURE: the function to be taken; else empty.</param>
public sealed record ProposedMeasure(
    HarmCategory Category, MeasureKind Kind, EvidenceBasis Basis, Decider By, DateTimeOffset Start, DateTimeOffset? End = null,
    bool FromLadder = false, string Feature = "")
{
    /// <summary>
    /// Whether it takes more than a reviewer's role: to close an account, or to suspend it without an end. The caller knows the roles.
    /// </summary>
    public bool NeedsLead => Kind == MeasureKind.TerminateAccount || (Kind == MeasureKind.SuspendAccount && End is null);
}
