using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Moderation.TextClassify.Links;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Lists;

/// <summary>
/// All entries of all lists, compared with a text in one pass for the terms, one for each regular expression and one look-up a host. Changes
/// are seen at once: an automaton over the terms is built anew only when the ones that came since have become many, and those have a small
/// automaton of their own meanwhile; a removed term is no longer in the table that hits are looked up in. One writer, many readers.
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
    private volatile Automata _automata = new(new TermAutomaton([]), 0, new TermAutomaton([]));
    private volatile CompiledRegex[] _regexes = [];

    private sealed record CompiledRegex(TextListEntry Entry, Regex Regex);

    private sealed record Automata(TermAutomaton Base, int BaseCount, TermAutomaton Delta);

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
        var automata = _automata;
        FindTerms(automata.Base, text, tenantId, now, hits);
        FindTerms(automata.Delta, text, tenantId, now, hits);
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

    private void FindTerms(TermAutomaton automaton, NormalizedText text, string tenantId, DateTimeOffset now, HashSet<TextListHit> hits)
    {
        var lookup = _terms.GetAlternateLookup<ReadOnlySpan<char>>();
        automaton.Scan(text.Text, (start, length) =>
        {
            if (hits.Count >= MaxHits * 4 || !WordBoundary.Is(text.Text, start) || !lookup.TryGetValue(text.Text.AsSpan(start, length), out var entries)) return;
            var closed = WordBoundary.Is(text.Text, start + length);
            foreach (var entry in entries)
            {
                if (!Holds(entry, tenantId, now) || !(closed || TextListRules.IsOpen(entry.Pattern))) continue;
                var (first, last) = text.ToSubmitted(start, length);
                hits.Add(new TextListHit(entry, first, last));
            }
        });
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
        var old = _automata;
        if (_sinceBase.Count <= Math.Max(SmallDelta, old.BaseCount / 50))
        {
            _automata = old with { Delta = Build(_sinceBase) };
            return;
        }
        var all = Build(_terms.Keys);
        _sinceBase.Clear();
        _automata = new Automata(all, _terms.Count, new TermAutomaton([]));
    }

    private static TermAutomaton Build(IEnumerable<string> terms)
    {
        var sorted = terms.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return new TermAutomaton(sorted);
    }
}

/// <summary>Where a term may begin and end.</summary>
internal static class WordBoundary
{
    /// <summary>Whether the place before the unit at <paramref name="at"/> is not inside of a word. Where letters are words by themselves, every place is one.</summary>
    public static bool Is(string text, int at) => at == 0 || at == text.Length || !(FeatureHasher.IsWordPart(text[at - 1]) && FeatureHasher.IsWordPart(text[at]));
}
