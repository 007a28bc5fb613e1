using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>
/// What the law asks of a decision that restricts a post as child sexual exploitation: a preservation record, a report where a person has
/// confirmed it, and in some places a delay of the notice. Record and report are effects of the decision's own commit.
/// </summary>
internal sealed class Preservations(IOptions<ChildSafetyOptions> options, TextSealer sealer)
{
    /// <summary>The preservation of a decision: its id has the decision's shard and ULID.</summary>
    public static string IdOf(string decisionId) => "p" + decisionId[1..];

    /// <summary>Whether a decision restricts its post as child sexual exploitation.</summary>
    public static bool Concerns(Decision decision) => decision.PostId.Length > 0 && decision.Measures.Any(m => IsChildSafety(m.Category));

    /// <summary>Whether a verdict does.</summary>
    public static bool Concerns(CheckedVerdict verdict) => verdict.Measures.Any(m => m.Clause.Category == HarmCategory.ChildSexualExploitation);

    /// <summary>The law that delays the notice of a decision, where the operator has named one and the decision is about nothing else; else null.</summary>
    public NoticeLimit? NoticeLimitOf(StatementRequest request)
        => options.Value.NoticeDelay > TimeSpan.Zero && request.Measures.All(m => m.Category == HarmCategory.ChildSexualExploitation)
            ? new NoticeLimit(options.Value.NoticeDelayGround, request.DecidedAt, request.DecidedAt + options.Value.NoticeDelay)
            : null;

    /// <summary>The effects that preserve a rule's decision.</summary>
    public IEnumerable<CommitEffect> OfRule(Decision decision, DecidePostRequest request, int shard)
        => Concerns(decision)
            ? Keep(decision, request.Facts, request.Media?.Matches ?? [], request.ReviewText, shard, byPerson: false, confirmedBefore: false)
            : [];

    /// <summary>The effects that preserve a person's decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="about">What it is about; null when there was no decision before.</param>
    /// <param name="facts">The facts of the post.</param>
    /// <param name="text">The text, where it is kept.</param>
    /// <param name="shard">The account's shard.</param>
    public IEnumerable<CommitEffect> OfPerson(Decision decision, DecisionRecord? about, Contracts.V1.PostFacts facts, string text, int shard)
        => Concerns(decision)
            ? Keep(
                decision, facts, about?.Inputs?.Media?.Matches ?? [], text, shard, byPerson: true,
                confirmedBefore: about is { Decision.Automated: false } && Concerns(about.Decision))
            : [];

    private static bool IsChildSafety(Contracts.V1.HarmCategory category) => category == Contracts.V1.HarmCategory.ChildSexualExploitation;

    private List<CommitEffect> Keep(
        Decision decision, Contracts.V1.PostFacts facts, IEnumerable<Contracts.V1.BankMatch> matches, string text, int shard, bool byPerson,
        bool confirmedBefore)
    {
        var id = IdOf(decision.DecisionId);
        var now = decision.CreateTime.ToDateTimeOffset();
        var isSealed = text.Length > 0 && sealer.HasKey;
        var record = new PreservationRecord
        {
            Preservation = new Preservation
            {
                PreservationId = id,
                TenantId = decision.TenantId,
                DecisionId = decision.DecisionId,
                PostId = decision.PostId,
                AccountId = decision.AccountId,
                CreateTime = decision.CreateTime,
                ExpireTime = Timestamp.FromDateTimeOffset(now + options.Value.PreserveFor),
                LegalGround = options.Value.LegalGround,
                TextState = text.Length == 0 ? PreservedTextState.None : isSealed ? PreservedTextState.Encrypted : PreservedTextState.NoKey,
            },
            Content = new PreservedContent { Decision = decision, Facts = facts, Matches = { matches } },
            SealedText = isSealed ? ByteString.CopyFrom(sealer.Seal(text, id)) : ByteString.Empty,
            KeyMark = isSealed ? ByteString.CopyFrom(sealer.Mark) : ByteString.Empty,
            ByPerson = byPerson,
        };
        var state = !byPerson || confirmedBefore ? AuthorityReportState.NotDue
            : options.Value.Report.IsOn ? AuthorityReportState.Pending
            : AuthorityReportState.NoReceiver;
        var key = KeySpace.Preservation(shard, id);
        List<CommitEffect> effects =
        [
            new("HSET", key, "r", record.ToByteArray(), "s", (int)state),
            new("PEXPIRE", key, (long)options.Value.PreserveFor.TotalMilliseconds),
            .. RecordIndexStore.Add(KeySpace.Preservations(shard, decision.TenantId), id, now, ChildSafetyOptions.Longest),
        ];
        if (state == AuthorityReportState.Pending)
        {
            effects.Add(new CommitEffect("ZADD", KeySpace.AuthorityReports(shard), now.ToUnixTimeMilliseconds(), id));
        }

        return effects;
    }
}
