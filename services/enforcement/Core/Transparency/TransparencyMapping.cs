using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Moderation.Enforcement;

/// <summary>
/// Writes a decision as statements of the DSA Transparency Database (schema v2 of 1 July 2025): one for each harm, and one more where measures of
/// one field end on different days, because a field there has one end.
/// </summary>
public static class TransparencyMapping
{
    private const int MaxFacts = 5000;
    private const int MaxGround = 500;
    private const int MaxExplanation = 2000;

    /// <summary>The languages that the database knows.</summary>
    private static readonly FrozenSet<string> Languages =
        ("AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BH BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE DV DZ EE EL EN EO ES "
        + "ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA ID IE IG II IK IO IS IT IU JA JV KA KG KI KJ "
        + "KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA NB ND NE NG NL NN NO NR NV "
        + "NY OC OJ OM OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO SQ SR SS ST SU SV SW TA TE TG TH TI "
        + "TK TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU").Split(' ').ToFrozenSet();

    /// <summary>The statements of a decision, in the order of its measures.</summary>
    public static ImmutableArray<TransparencyStatement> Map(TransparencyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var groups = new List<Group>();
        for (var i = 0; i < facts.Statement.Items.Length; i++)
        {
            var item = facts.Statement.Items[i];
            var group = groups.Find(g => g.Takes(item));
            if (group is null)
                groups.Add(group = new Group(i + 1, item.Category));
            group.Items.Add(item);
        }
        return [.. groups.Select(g => Write(g, facts))];
    }

    private static TransparencyStatement Write(Group group, TransparencyFacts facts)
    {
        var puid = string.Create(CultureInfo.InvariantCulture, $"{facts.DecisionId}-{group.Number}");
        var json = new JsonObject { ["puid"] = puid };
        Restrictions(json, group);
        json["decision_facts"] = Cut(string.Join(' ', group.Items.Select(i => i.Facts).Distinct()), MaxFacts);
        Ground(json, group.Items[0], facts);
        var category = TransparencyCategory.Of(group.Category);
        json["category"] = category.Category;
        if (category.Keyword.Length > 0)
            json["category_specification"] = new JsonArray(category.Keyword);
        if (category.KeywordOther.Length > 0)
            json["category_specification_other"] = category.KeywordOther;
        json["content_type"] = List(facts.Content.Select(Content));
        if (Language(facts.Language) is { } language)
            json["content_language"] = language;
        json["content_date"] = Date(facts.PublishedAt);
        json["application_date"] = Date(facts.DecidedAt);
        json["source_type"] = Source(facts.Origin.Source);
        json["automated_detection"] = facts.Origin.AutomatedDetection ? "Yes" : "No";
        json["automated_decision"] = (facts.Origin.AutomatedDecision, facts.Origin.AutomatedDetection) switch
        {
            (true, _) => "AUTOMATED_DECISION_FULLY",
            (false, true) => "AUTOMATED_DECISION_PARTIALLY",
            _ => "AUTOMATED_DECISION_NOT_AUTOMATED",
        };
        return new TransparencyStatement(puid, json.ToJsonString());
    }

    private static void Restrictions(JsonObject json, Group group)
    {
        foreach (var field in group.Items.GroupBy(i => Restriction(i).Field))
        {
            var restrictions = field.Select(Restriction).ToList();
            var (name, end) = field.Key switch
            {
                TransparencyField.Visibility => ("decision_visibility", "end_date_visibility_restriction"),
                TransparencyField.Provision => ("decision_provision", "end_date_service_restriction"),
                _ => ("decision_account", "end_date_account_restriction"),
            };
            json[name] = field.Key == TransparencyField.Visibility ? List(restrictions.Select(r => r.Value)) : restrictions[0].Value;
            if (restrictions.Find(r => r.Other.Length > 0) is { } other)
                json[name + "_other"] = other.Other;
            if (field.First().End is { } date)
                json[end] = Date(date);
        }
    }

    private static void Ground(JsonObject json, StatementEntry item, TransparencyFacts facts)
    {
        if (facts.Illegal is { } law)
        {
            json["decision_ground"] = "DECISION_GROUND_ILLEGAL_CONTENT";
            json["illegal_content_legal_ground"] = Cut(law.Ground, MaxGround);
            json["illegal_content_explanation"] = Cut(law.Explanation, MaxExplanation);
        }
        else
        {
            json["decision_ground"] = "DECISION_GROUND_INCOMPATIBLE_CONTENT";
            json["incompatible_content_ground"] = Cut(item.ClauseTitle, MaxGround);
            json["incompatible_content_explanation"] = Cut(item.ClauseText, MaxExplanation);
        }
        if (facts.RulesUrl?.AbsoluteUri is { Length: <= MaxGround } url)
            json["decision_ground_reference_url"] = url;
    }

    private static TransparencyRestriction Restriction(StatementEntry item) => MeasureCatalogue.Of(item.Measure).Transparency;

    private static string Content(TransparencyContent content) => content switch
    {
        TransparencyContent.Text => "CONTENT_TYPE_TEXT",
        TransparencyContent.Image => "CONTENT_TYPE_IMAGE",
        _ => "CONTENT_TYPE_VIDEO",
    };

    private static string Source(DetectionSource source) => source switch
    {
        DetectionSource.UserReport => "SOURCE_ARTICLE_16",
        DetectionSource.TrustedFlagger => "SOURCE_TRUSTED_FLAGGER",
        DetectionSource.AuthorityOrder => "SOURCE_TYPE_OTHER_NOTIFICATION",
        _ => "SOURCE_VOLUNTARY",
    };

    private static string? Language(string tag)
    {
        var subtag = tag.Split('-', '_')[0].ToUpperInvariant();
        return Languages.Contains(subtag) ? subtag : null;
    }

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The database sorts lists and drops what is in them twice.
    private static JsonArray List(IEnumerable<string> values) =>
        [.. values.Distinct().Order(StringComparer.Ordinal).Select(v => JsonValue.Create(v))];

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }

    /// <summary>The measures of one statement.</summary>
    /// <param name="Number">The number of its first measure in the decision.</param>
    /// <param name="Category">The harm.</param>
    private sealed record Group(int Number, HarmCategory Category)
    {
        public List<StatementEntry> Items { get; } = [];

        public bool Takes(StatementEntry item)
        {
            if (item.Category != Category)
                return false;
            var restriction = Restriction(item);
            return Items.Where(i => Restriction(i).Field == restriction.Field).All(i =>
                SameDay(i.End, item.End) && (restriction.Field == TransparencyField.Visibility || Restriction(i).Value == restriction.Value));
        }

        private static bool SameDay(DateTimeOffset? a, DateTimeOffset? b) => a?.UtcDateTime.Date == b?.UtcDateTime.Date;
    }
}
