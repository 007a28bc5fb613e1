using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Between the contract and the pure engine. The numbers of the enums are the same on both sides; a test holds them together.</summary>
internal static class PolicyMapping
{
    /// <summary>What the engine reads of a request.</summary>
    public static PolicyInput ToInput(DecidePostRequest request, DateTimeOffset now) => new()
    {
        Post = new Enforcement.PostFacts
        {
            TenantId = request.TenantId,
            PostId = request.Facts.PostId,
            AccountId = request.Facts.AccountId,
            ChannelId = request.Facts.ChannelId,
            Revision = request.Facts.Revision,
            Language = request.Facts.Language,
            TextLength = request.Facts.TextLength,
            LinkCount = request.Facts.LinkCount,
            IsReply = request.Facts.IsReply,
            MediaIds = [.. request.Facts.MediaIds],
        },
        Text = new TextSignal
        {
            Status = (SignalStatus)request.Text.Status,
            ModelVersion = request.Text.ModelVersion,
            Language = request.Text.Language,
            OutOfDomain = request.Text.OutOfDomain,
            Scores = CategoryScores.Of(request.Text.Scores.Select(s => KeyValuePair.Create((HarmCategory)s.Category, Score(s.Score)))),
            Spans = [.. request.Text.Spans.Select(s => new TextSpan((HarmCategory)s.Category, s.Start, s.End))],
            ListHits = [.. request.Text.ListHits.Select(h => new TextListHit(h.EntryId, (HarmCategory)h.Category, ListKind(h.Kind), h.Shared))],
        },
        Media = new MediaSignal
        {
            Status = (SignalStatus)request.Media.Status,
            BankVersion = request.Media.BankVersion,
            Matches = [.. request.Media.Matches.Select(ToCore)],
        },
        // A text-classify that is older than claim matching says nothing of it, which is no failure.
        Claims = new ClaimSignal
        {
            Status = request.Text.ClaimStatus == Contracts.V1.SignalStatus.Unspecified ? SignalStatus.NotApplicable : (SignalStatus)request.Text.ClaimStatus,
            Matches = [.. request.Text.ClaimMatches.Select(m => new ClaimMatch(m.ClaimId, Score(m.Score)))],
        },
        Account = new AccountFacts
        {
            Counters = request.Counters is { } c ? new AccountCounters(c.Posts1M, c.Posts1H, c.Posts1D, c.Posts7D, c.Posts30D) : null,
        },
        Content = request.ContentCounters is { } held ? new ContentFacts(ToCounts(held.SameContent), ToCounts(held.LinkHosts)) : null,
        Now = now,
    };

    /// <summary>A match, as the policy sees it.</summary>
    public static BankMatch ToCore(Contracts.V1.BankMatch match) => new(
        match.MediaId, match.BankId, match.EntryId, (HarmCategory)match.Category, (HashKind)match.Kind, match.Distance, match.Quality);

    /// <summary>On what a person's measure can rest, by what the post's signals say.</summary>
    public static EvidenceBasis BasisOf(DecidePostRequest request)
        => EvidenceBasis.PostFacts
            | (request.Text is { Status: Contracts.V1.SignalStatus.Available } ? EvidenceBasis.TextScore : EvidenceBasis.None)
            | (request.Media is { Matches.Count: > 0 } ? EvidenceBasis.MediaMatch : EvidenceBasis.None);

    /// <summary>Why: the rules that fired, then what is no rule.</summary>
    public static IEnumerable<Reason> Reasons(PolicyOutcome outcome, DecidePostRequest request)
    {
        foreach (var rule in outcome.Fired)
        {
            yield return new Reason
            {
                RuleId = rule.RuleId,
                ClauseId = rule.ClauseId,
                ClauseTitle = rule.ClauseTitle,
                Category = (Contracts.V1.HarmCategory)rule.Category,
                Severity = rule.Severity,
                Evidence = { rule.Evidence.Select(e => ToEvidence(e, request)) },
                Stage = rule.Stage == RuleStage.Live ? "" : rule.Stage.ToString().ToUpperInvariant(),
                PolicyVersion = rule.PolicyVersion,
            };
        }

        foreach (var missing in outcome.ReviewReasons.Where(r => r.Code == ReviewReason.SignalUnavailable))
        {
            yield return new Reason { Code = missing.Code, Evidence = { new Evidence { Name = "signal", Value = missing.Detail } } };
        }

        foreach (var note in outcome.Notes)
        {
            yield return new Reason { Code = note };
        }
    }

    /// <summary>The rules on their way that hit and did nothing.</summary>
    public static IEnumerable<ShadowHit> ShadowHits(PolicyOutcome outcome) => outcome.Observed.Select(rule => new ShadowHit
    {
        RuleId = rule.RuleId,
        PolicyVersion = rule.PolicyVersion,
        Category = (Contracts.V1.HarmCategory)rule.Category,
        MeasureKinds = { rule.Measures.Where(MeasureMatrix.IsRestrictive).Select(m => (Contracts.V1.MeasureKind)m) },
    });

    /// <summary>The statement as the contract has it.</summary>
    public static StatementOfReasons ToContract(AuthorStatement statement) => new()
    {
        Language = statement.Language,
        AutomatedDetection = statement.AutomatedDetection,
        AutomatedDecision = statement.AutomatedDecision,
        Redress = statement.Redress,
        AppealEndTime = Timestamp.FromDateTimeOffset(statement.AppealEnd),
        Items =
        {
            statement.Items.Select(i => new StatementItem
            {
                Measure = (Contracts.V1.MeasureKind)i.Measure,
                Category = (Contracts.V1.HarmCategory)i.Category,
                ClauseId = i.ClauseId,
                ClauseTitle = i.ClauseTitle,
                ClauseText = i.ClauseText,
                Facts = i.Facts,
                EndTime = i.End is { } end ? Timestamp.FromDateTimeOffset(end) : null,
                Feature = i.Feature,
            }),
        },
    };

    /// <summary>The notice as the contract has it.</summary>
    public static Notice ToContract(AuthorNotice notice) => new() { Language = notice.Language, Title = notice.Title, Body = notice.Body };

    private static WindowCounts? ToCounts(Contracts.V1.WindowCounts? counts) => counts is null
        ? null
        : new WindowCounts(counts.Posts1H, counts.Posts1D, counts.Posts30D, counts.Accounts1H, counts.Accounts1D, counts.Accounts30D);

    private static string ListKind(TextListKind kind) => kind switch
    {
        TextListKind.Term => "TERM",
        TextListKind.Regex => "REGEX",
        TextListKind.Host => "HOST",
        TextListKind.Link => "LINK",
        _ => "UNSPECIFIED",
    };

    // A float of 0.95 is 0.949999988 as a double, and a rule that says 0.95 means 0.95.
    private static double Score(float score) => Math.Round(score, 6);

    private static Evidence ToEvidence(EvidenceItem item, DecidePostRequest request) => new()
    {
        Name = item.Name,
        Value = item.Value,
        MediaId = item.MediaId,
        // The engine names passages; what each contributed is in the signal.
        Spans =
        {
            request.Text.Spans.Where(s => item.Spans.Any(i => (int)i.Category == (int)s.Category && i.Start == s.Start && i.End == s.End)),
        },
    };
}
