using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Moderation.TextClassify.Links;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Lists;

/// <summary>
/// All entries of all lists, compared with a text in one pass for the terms, one for each regular expression and one look-up a host. Changes
/// are seen at once: a table of the terms is built anew only when the ones that came since have become many, and those have a small
/// table of their own meanwhile; a removed term is no longer in the table that hits are looked up in. One writer, many readers.
/// </summary>
public sealed class TextListIndex
{
    /// <summary>Hits told of one text.</summary>
    public const int MaxHits = 32;

    private const int SmallDelta = 2_000;
    private readonly ConcurrentDictionary<TextListKey, TextListEntry> _entries = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<TextListEntry>> _terms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<TextListEntry>> _hosts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sinceBase = new(StringComparer.Ordinal);
    private volatile Tables _tables = new(new TermTable([]), new TermTable([]));
    private volatile CompiledRegex[] _regexes = [];

    private sealed record CompiledRegex(TextListEntry Entry, Regex Regex);

    private sealed record Tables(TermTable Base, TermTable Delta);

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Number of regular expressions among them.</summary>
    public int RegexCount => _regexes.Length;

    /// <summary>The entry of a name; null when there is none.</summary>
    public TextListEntry? Find(TextListKey key) => _entries.GetValueOrDefault(key);

    /// <summary>A tenant's entries (or, for an empty id, the shared ones) after an entry id, by entry id.</summary>
    public IReadOnlyList<TextListEntry> List(string tenantId, string afterEntryId, int count) =>
        [.. _entries.Values.Where(e => e.Key.TenantId == tenantId && string.CompareOrdinal(e.Key.EntryId, afterEntryId) > 0)
            .OrderBy(e => e.Key.EntryId, StringComparer.Ordinal).Take(count)];

    /// <summary>Puts these entries in the place of all.</summary>
    public void Replace(IReadOnlyCollection<TextListEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var kept = entries.Select(e => e.Key).ToHashSet();
        Apply([.. _entries.Keys.Where(k => !kept.Contains(k)).Select(k => new TextListUpdate(k, null)), .. entries.Select(e => new TextListUpdate(e.Key, e))]);
    }

    /// <summary>Applies changes in their order.</summary>
    public void Apply(IReadOnlyCollection<TextListUpdate> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        var regexes = _regexes.ToList();
        foreach (var update in updates)
        {
            if (_entries.TryRemove(update.Key, out var old)) Remove(old, regexes);
            if (update.Entry is not { } entry) continue;
            _entries[entry.Key] = entry;
            Add(entry, regexes);
        }
        _regexes = [.. regexes];
        Rebuild();
    }

    /// <summary>What a text contains of the tenant's entries and the shared ones, at most <see cref="MaxHits"/>, in the order of the text.</summary>
    /// <param name="submitted">The text as submitted.</param>
    /// <param name="text">The same, normalised.</param>
    /// <param name="tenantId">The tenant; empty for the shared entries alone.</param>
    /// <param name="now">The time, for entries that end.</param>
    public IReadOnlyList<TextListHit> Match(string submitted, NormalizedText text, string tenantId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_entries.IsEmpty) return [];
        var hits = new HashSet<TextListHit>();
        FindTerms(_tables, text, tenantId, now, hits);
        foreach (var (entry, regex) in _regexes)
        {
            if (!Holds(entry, tenantId, now)) continue;
            foreach (var match in regex.EnumerateMatches(text.Text))
            {
                var (start, end) = text.ToSubmitted(match.Index, match.Length);
                if (match.Length > 0) hits.Add(new TextListHit(entry, start, end));
                break; // one place is enough to act on, and a pattern may match at every letter
            }
        }
        if (!_hosts.IsEmpty)
        {
            foreach (var link in LinkFinder.Find(submitted))
                foreach (var key in link.Keys)
                    foreach (var entry in _hosts.GetValueOrDefault(key, []))
                        if (Holds(entry, tenantId, now)) hits.Add(new TextListHit(entry, link.Start, link.End));
        }
        return [.. hits.OrderBy(h => h.Start).ThenBy(h => h.End).ThenBy(h => h.Entry.Key.EntryId, StringComparer.Ordinal).Take(MaxHits)];
    }

    private void FindTerms(Tables tables, NormalizedText text, string tenantId, DateTimeOffset now, HashSet<TextListHit> hits)
    {
        if (_terms.IsEmpty) return;
        Action<int, string> found = Found;
        for (var start = 0; start < text.Text.Length && hits.Count < MaxHits * 4; start++)
        {
            if (!WordBoundary.Is(text.Text, start)) continue;
            tables.Base.FindAt(text.Text, start, found);
            tables.Delta.FindAt(text.Text, start, found);
        }

        void Found(int start, string term)
        {
            if (hits.Count >= MaxHits * 4 || !_terms.TryGetValue(term, out var entries)) return;
            var closed = WordBoundary.Is(text.Text, start + term.Length);
            foreach (var entry in entries)
            {
                if (!Holds(entry, tenantId, now) || !(closed || TextListRules.IsOpen(entry.Pattern))) continue;
                var (first, last) = text.ToSubmitted(start, term.Length);
                hits.Add(new TextListHit(entry, first, last));
            }
        }
    }

    private static bool Holds(TextListEntry entry, string tenantId, DateTimeOffset now) =>
        (entry.Key.TenantId.Length == 0 || entry.Key.TenantId == tenantId) && !(entry.EndTime <= now);

    private void Add(TextListEntry entry, List<CompiledRegex> regexes)
    {
        switch (entry.Kind)
        {
            case TextListKind.Term when TextListRules.CanonicalTerm(entry.Pattern) is { Length: > 0 } term:
                if (Put(_terms, term, entry)) _sinceBase.Add(term);
                break;
            case TextListKind.Regex:
                regexes.Add(new CompiledRegex(entry, TextListRules.Compile(entry.Pattern)));
                break;
            case TextListKind.Host when HostName.Canonical(entry.Pattern) is { } host:
                Put(_hosts, host, entry);
                break;
            case TextListKind.Link when LinkPrefix.Parse(entry.Pattern) is { } link:
                Put(_hosts, link, entry);
                break;
        }
    }

    private void Remove(TextListEntry entry, List<CompiledRegex> regexes)
    {
        switch (entry.Kind)
        {
            case TextListKind.Term:
                Take(_terms, TextListRules.CanonicalTerm(entry.Pattern), entry);
                break;
            case TextListKind.Regex:
                regexes.RemoveAll(r => r.Entry.Key == entry.Key);
                break;
            case TextListKind.Host when HostName.Canonical(entry.Pattern) is { } host:
                Take(_hosts, host, entry);
                break;
            case TextListKind.Link when LinkPrefix.Parse(entry.Pattern) is { } link:
                Take(_hosts, link, entry);
                break;
        }
    }

    // True when the key is new.
    private static bool Put(ConcurrentDictionary<string, ImmutableArray<TextListEntry>> table, string key, TextListEntry entry)
    {
        var isNew = !table.TryGetValue(key, out var entries);
        table[key] = isNew ? [entry] : entries.Add(entry);
        return isNew;
    }

    private static void Take(ConcurrentDictionary<string, ImmutableArray<TextListEntry>> table, string key, TextListEntry entry)
    {
        if (!table.TryGetValue(key, out var entries)) return;
        var left = entries.RemoveAll(e => e.Key == entry.Key);
        if (left.IsEmpty) table.TryRemove(key, out _);
        else table[key] = left;
    }

    private void Rebuild()
    {
        if (_sinceBase.Count == 0) return;
        var old = _tables;
        string[] since = [.. _sinceBase];
        Array.Sort(since, StringComparer.Ordinal);
        if (since.Length <= Math.Max(SmallDelta, old.Base.Terms.Length / 50))
        {
            _tables = old with { Delta = new TermTable(since) };
            return;
        }
        _sinceBase.Clear();
        _tables = new Tables(new TermTable(Merge(old.Base.Terms, since)), new TermTable([]));
    }

    // Sorted as both are, so that a table of a million is not sorted again for each batch that it grows by.
    private string[] Merge(ReadOnlySpan<string> old, string[] since)
    {
        var merged = new List<string>(old.Length + since.Length);
        var next = 0;
        foreach (var term in old)
        {
            for (; next < since.Length && string.CompareOrdinal(since[next], term) < 0; next++) Take(since[next]);
            if (next < since.Length && since[next] == term) next++;
            Take(term);
        }
        for (; next < since.Length; next++) Take(since[next]);
        return [.. merged];

        void Take(string term)
        {
            if (_terms.ContainsKey(term)) merged.Add(term);
        }
    }
}

/// <summary>Where a term may begin and end.</summary>
internal static class WordBoundary
{
    /// <summary>Whether the place before the unit at <paramref name="at"/> is not inside of a word. Where letters are words by themselves, every place is one.</summary>
    public static bool Is(string text, int at) => at == 0 || at == text.Length || !(FeatureHasher.IsWordPart(text[at - 1]) && FeatureHasher.IsWordPart(text[at]));
}
