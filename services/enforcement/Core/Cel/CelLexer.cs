using System.Globalization;

namespace Moderation.Enforcement.Cel;

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class CelLexer(string source)
{
    private static readonly string[] TwoCharacterSymbols = ["==", "!=", "<=", ">=", "&&", "||"];
    private int _at;

    public static List<CelToken> Tokenize(string source)
    {
        var lexer = new CelLexer(source);
        var tokens = new List<CelToken>();
        do
        {
            tokens.Add(lexer.Next());
        } while (tokens[^1].Kind != CelTokenKind.End);
        return tokens;
    }

    private char Peek(int ahead = 0) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private CelToken Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at >= source.Length)
            return new CelToken(CelTokenKind.End, start, "");
        var c = Peek();
        if (c is '"' or '\'' || StringPrefixLength() > 0)
            return StringLiteral(start);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            return Number(start);
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
                _at++;
            return new CelToken(CelTokenKind.Identifier, start, source[start.._at]);
        }
        if (c == '`')
            return Quoted(start);
        foreach (var symbol in TwoCharacterSymbols)
        {
            if (string.CompareOrdinal(source, _at, symbol, 0, 2) == 0)
            {
                _at += 2;
                return new CelToken(CelTokenKind.Symbol, start, symbol);
            }
        }
        if ("+-*/%<>!?:.,()[]{}".Contains(c, StringComparison.Ordinal))
        {
            _at++;
            return new CelToken(CelTokenKind.Symbol, start, c.ToString());
        }
        throw new CelSyntaxException(start, $"unexpected character U+{(int)c:X4}", "an operator, a name or a literal");
    }

    private void SkipBlanks()
    {
        while (_at < source.Length)
        {
            if (source[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
                _at++;
            else if (source[_at] == '/' && Peek(1) == '/')
                while (_at < source.Length && source[_at] != '\n')
                    _at++;
            else
                return;
        }
    }

    /// <summary>How many letters r, b stand before a quotation mark; 0 when this is not a string.</summary>
    private int StringPrefixLength()
    {
        var length = 0;
        while (length < 2 && Peek(length) is 'r' or 'R' or 'b' or 'B')
            length++;
        if (length == 0 || Peek(length) is not ('"' or '\''))
            return 0;
        return length == 2 && char.ToLowerInvariant(Peek()) == char.ToLowerInvariant(Peek(1)) ? 0 : length;
    }

    private CelToken StringLiteral(int start)
    {
        var (raw, bytes) = (false, false);
        for (; Peek() is not ('"' or '\''); _at++)
        {
            raw |= Peek() is 'r' or 'R';
            bytes |= Peek() is 'b' or 'B';
        }
        var quote = Peek();
        var triple = Peek(1) == quote && Peek(2) == quote;
        _at += triple ? 3 : 1;
        var contentStart = _at;
        while (true)
        {
            if (_at >= source.Length || (!triple && Peek() is '\n' or '\r'))
                throw new CelSyntaxException(start, "the string does not end", triple ? new string(quote, 3) : quote.ToString());
            if (Peek() == quote && (!triple || (Peek(1) == quote && Peek(2) == quote)))
                break;
            // A backslash keeps the next character from ending the string, except in raw strings.
            _at += Peek() == '\\' && !raw ? 2 : 1;
        }
        var content = source[contentStart.._at];
        _at += triple ? 3 : 1;
        var value = bytes
            ? CelValue.Of(CelEscapes.ToBytes(content, raw, contentStart))
            : CelValue.Of(CelEscapes.ToText(content, raw, contentStart));
        return new CelToken(CelTokenKind.Literal, start, source[start.._at], value);
    }

    private CelToken Quoted(int start)
    {
        var end = source.IndexOf('`', _at + 1);
        var name = end < 0 ? "" : source[(_at + 1)..end];
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-' or '/' or ' ')))
            throw new CelSyntaxException(start, "the quoted field name is not complete", "`name` of letters, digits, _ . - / and blanks");
        _at = end + 1;
        return new CelToken(CelTokenKind.QuotedIdentifier, start, name);
    }

    private CelToken Number(int start)
    {
        if (Peek() == '0' && Peek(1) is 'x' or 'X')
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Peek()))
                _at++;
            return Whole(start, source.AsSpan(start + 2, _at - start - 2), NumberStyles.AllowHexSpecifier);
        }
        while (char.IsAsciiDigit(Peek()))
            _at++;
        var isDouble = false;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            for (_at++; char.IsAsciiDigit(Peek()); _at++)
            {
            }
        }
        var exponentSign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek() is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + exponentSign)))
        {
            isDouble = true;
            for (_at += 1 + exponentSign; char.IsAsciiDigit(Peek()); _at++)
            {
            }
        }
        if (!isDouble)
            return Whole(start, source.AsSpan(start, _at - start), NumberStyles.None);
        var text = source[start.._at];
        RefuseLetters(start);
        return new CelToken(CelTokenKind.Literal, start, text, CelValue.Of(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));
    }

    private CelToken Whole(int start, ReadOnlySpan<char> digits, NumberStyles style)
    {
        if (!ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var number))
            throw new CelSyntaxException(start, "the number is too large or has no digits", "a whole number of at most 64 bits");
        if (Peek() is 'u' or 'U')
        {
            _at++;
            RefuseLetters(start);
            return new CelToken(CelTokenKind.Literal, start, source[start.._at], CelValue.Of(number));
        }
        RefuseLetters(start);
        // 2^63 is an int only behind a minus sign; the parser decides, so it travels as a uint under the text of an int.
        return new CelToken(CelTokenKind.Literal, start, source[start.._at], number <= long.MaxValue ? CelValue.Of((long)number) : CelValue.Of(number));
    }

    private void RefuseLetters(int start)
    {
        if (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            throw new CelSyntaxException(start, $"'{Peek()}' follows a number", "an operator or a blank after the number");
    }
}
