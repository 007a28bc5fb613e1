using CsCheck;
using Moderation.Enforcement.Cel;
using Xunit;

namespace Moderation.Enforcement.Tests.Cel;

public sealed class CelConditionTests
{
    private sealed record Post(double Hate, long Links, string Language, bool Reply, CelList Items, CelTimestamp Now);

    private static readonly CelEnvironment<Post> Environment = new CelEnvironment<Post>()
        .Variable("hate", p => p.Hate)
        .Variable("links", p => p.Links)
        .Variable("language", p => p.Language)
        .Variable("reply", p => p.Reply)
        .Variable("items", p => p.Items, CelType.List(CelType.Int), maxSize: 1000)
        .Variable("now", p => p.Now)
        .Constant("t.high", CelValue.Of(0.9));

    private static readonly Post Sample = new(
        0.95, 3, "en", true, CelList.Of(CelValue.Of(1L), CelValue.Of(2L)), CelTimestamp.Of(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    private static CelCondition<Post> Compile(string source)
    {
        var errors = CelCompiler.TryCompile(Environment, source, out var condition);
        Assert.Empty(errors);
        return condition!; // no errors, so there is a condition
    }

    [Theory]
    [InlineData("hate >= t.high && links > 2 && language == 'en' && reply", true)]
    [InlineData("hate >= 1 || links < 2", false)]
    [InlineData("language in ['en', 'es'] ? links * 2 == 6 : false", true)]
    [InlineData("1 / (links - 3) > 0 || reply", true)]
    [InlineData("1 / (links - 3) > 0 && reply", false)]
    [InlineData("items.exists(i, i == 2) && !items.all(i, i == 2)", true)]
    [InlineData("now - duration('24h') < timestamp('2026-01-01T00:00:00Z')", true)]
    public void Evaluate_gives_what_the_language_says(string source, bool expected)
    {
        Assert.Equal(expected, Compile(source).Evaluate(Sample, out _));
    }

    [Fact]
    public void Evaluate_reports_a_fault_with_its_place_and_does_not_hold()
    {
        Assert.False(Compile("links / (links - 3) > 0").Evaluate(Sample, out var fault));

        Assert.Equal(new CelFault(CelFaultCode.DivideByZero, 6), fault);
    }

    [Theory]
    [InlineData("hate >= t.high && links > 2 && reply")]
    [InlineData("(hate * 2.0 + 1.0 > 2.5 || links == 7) && language == 'en'")]
    [InlineData("language in ['de', 'en', 'es'] && language.startsWith('e')")]
    [InlineData("links / (links - 3) > 0 || reply")]
    [InlineData("items.exists(i, i == 2) && items.all(i, i > 0)")]
    [InlineData("now > timestamp('2020-01-01T00:00:00Z') && now.getHours() == 0")]
    public void Evaluate_allocates_nothing(string source)
    {
        var condition = Compile(source);
        for (var i = 0; i < 1000; i++)
            condition.Evaluate(Sample, out _);

        // A collection on another thread charges this one for what is left of its buffer, so the least of some runs is what counts.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(condition)));
    }

    private static long Allocated(CelCondition<Post> condition)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var held = 0;
        for (var i = 0; i < 10_000; i++)
            held += condition.Evaluate(Sample, out _) ? 1 : 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(10_000, held);
        return allocated;
    }

    [Theory]
    [InlineData("hate >=\n  hgh", "2:3: unknown name 'hgh'")]
    [InlineData("language.startWith('e')", "did you mean 'startsWith'?")]
    [InlineData("hate == 1", "'==' compares double with int; expected one type on both sides")]
    [InlineData("language.matches(language)", "expected a string literal")]
    [InlineData("has(hate)", "expected has(object.field)")]
    [InlineData("t.hig > 0.1", "did you mean 't.high'?")]
    [InlineData("\"open", "the string does not end")]
    [InlineData("TestAllTypes{a: 1} == null", "message literals")]
    [InlineData("items.exists(i, items.exists(j, items.exists(k, i + j + k > 5)))", "the condition may cost")]
    [InlineData("99999999999999999999 > links", "too large")]
    public void TryCompile_wrong_condition_says_what_and_where(string source, string expected)
    {
        var errors = CelCompiler.TryCompile(Environment, source, out var condition);

        Assert.Null(condition);
        Assert.Contains(expected, string.Join("\n", errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('(')]
    [InlineData('[')]
    [InlineData('!')]
    [InlineData('-')]
    [InlineData('{')]
    public void TryCompile_deep_nesting_is_refused(char open)
    {
        Assert.NotEmpty(CelCompiler.TryCompile(Environment, new string(open, 4000), out _));
        Assert.NotEmpty(CelCompiler.TryCompile(Environment, string.Concat(Enumerable.Repeat("links+", 600)) + "1 > 0", out _));
        Assert.NotEmpty(CelCompiler.TryCompile(Environment, new string('a', 5000), out _));
    }

    [Fact]
    public void TryCompile_any_mix_of_tokens_gives_a_condition_or_errors()
    {
        string[] tokens =
        [
            "hate", "links", "language", "items", "now", "t", ".", "high", "(", ")", "[", "]", "{", "}", ",", ":", "?", "&&", "||", "!", "-", "+", "*", "/",
            "%", "==", "<", ">=", "in", "1", "2.5", "3u", "'a'", "b'x'", "true", "null", "exists", "map", "filter", "has", "size", "matches", "i", "'['", " ",
            "duration", "'1h'", "dyn", "type", "\"", "\\", "`", "0x", "all", "exists_one",
        ];
        Gen.OneOf(tokens).Array[1, 30].Sample(
            parts =>
            {
                var errors = CelCompiler.TryCompile(Environment, string.Join(' ', parts), out var condition);
                condition?.Evaluate(Sample, out _);
                return errors.IsEmpty == condition is not null;
            },
            iter: 20_000, threads: 1);
    }

    [Fact]
    public void TryCompile_mangled_conditions_give_a_condition_or_errors()
    {
        string[] sources =
        [
            "hate >= t.high && links > 2 && language == 'en' && reply", "items.map(i, i * 2).exists(i, i == 4) || size(language) > 3",
            "{'a': 1, 'b': [1, 2]}.a == 1 && now - duration('1h') < now", "language.matches('^e[a-z]{1,3}$') ? type(links) == int : dyn(hate) == links",
        ];
        Gen.Select(Gen.OneOf(sources), Gen.Int[0, 70], Gen.Int[0, 6], Gen.String[Gen.Char[' ', '~'], 0, 3]).Sample(
            (source, at, length, insert) =>
            {
                var start = Math.Min(at, source.Length);
                var text = source[..start] + insert + source[Math.Min(source.Length, start + length)..];
                var errors = CelCompiler.TryCompile(Environment, text, out var condition);
                condition?.Evaluate(Sample, out _);
                return errors.IsEmpty == condition is not null;
            },
            iter: 5_000, threads: 1);
    }
}
