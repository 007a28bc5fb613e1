using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>What the author is told at once.</summary>
/// <param name="Language">Primary subtag of the language it is written in.</param>
/// <param name="Title">One line.</param>
/// <param name="Body">What was done, under which clause, how to appeal.</param>
public sealed record AuthorNotice(string Language, string Title, string Body);

/// <summary>The statement of reasons. It names no score, distance, threshold, bank, entry or list term: these would teach evasion.</summary>
/// <param name="Language">Primary subtag of the language it is written in.</param>
/// <param name="Items">One for each measure that restricts, strictest first.</param>
/// <param name="AutomatedDetection">Found by automated means.</param>
/// <param name="AutomatedDecision">Decided without a person.</param>
/// <param name="Redress">How and until when to appeal; after an appeal: what remains.</param>
/// <param name="AppealEnd">Until when: six months after the decision. After an appeal there is no other: the time of its decision.</param>
/// <param name="Limit">A law that delays its delivery; null: it goes out at once.</param>
public sealed record AuthorStatement(
    string Language, ImmutableArray<StatementEntry> Items, bool AutomatedDetection, bool AutomatedDecision, string Redress, DateTimeOffset AppealEnd,
    NoticeLimit? Limit = null);

/// <summary>One measure, explained.</summary>
/// <param name="Measure">What was done.</param>
/// <param name="Category">The harm.</param>
/// <param name="ClauseId">The public clause.</param>
/// <param name="ClauseTitle">Its title in the author's language where translated.</param>
/// <param name="ClauseText">Its text in the author's language where translated.</param>
/// <param name="Facts">What it is about, in plain words.</param>
/// <param name="End">When it ends; null: when it is reverted.</param>
/// <param name="Feature">For RESTRICT_FEATURE: the function taken; else empty.</param>
public sealed record StatementEntry(
    MeasureKind Measure, HarmCategory Category, string ClauseId, string ClauseTitle, string ClauseText, string Facts, DateTimeOffset? End = null,
    string Feature = "");
