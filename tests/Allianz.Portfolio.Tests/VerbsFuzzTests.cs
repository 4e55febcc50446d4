using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests;

/// <summary>Words on the command line that make no sense: they are named, and nothing is done.</summary>
[NonParallelizable]
public class VerbsFuzzTests
{
    private TextWriter _error = TextWriter.Null;

    // Hundreds of complaints that nobody reads.
    [SetUp]
    public void Hush()
    {
        _error = Console.Error;
        Console.SetError(TextWriter.Null);
    }

    [TearDown]
    public void Speak() => Console.SetError(_error);

    // None of these calls is complete, so none may get as far as the database.
    private static readonly Gen<string[]> _calls = Gen.Select(
        Gen.OneOf(
            ["create-key"],
            ["create-key", "--role", "root"],
            ["create-key", "--role"],
            ["import"],
            ["import", "f.csv"],
            (string[])["import", "--map"]
        ),
        Gen.Frequency(
            (3, Gen.OneOf("--partner", "--name", "--rows", "-x", "--", "[diagram]", "--apply")),
            (2, Hostile.Text.Select(t => t.Replace('\0', ' ').Replace('@', ' ')))
        ).Array[0, 3],
        (verb, more) => (string[])[.. verb, .. more.Where(m => m is not ("--help" or "-h" or "-?" or "/h" or "/?"))]
    );

    [Test]
    public async Task A_call_with_wrong_words_ends_with_2_and_does_nothing()
    {
        await _calls
            .Where(call => call[0] != "import" || !call.Contains("--map"))
            .SampleAsync(
                async call =>
                {
                    var code = await Verbs.RunAsync(call, _ => throw new AssertionException("It must not serve."));
                    Assert.That(code, Is.EqualTo(2), string.Join('|', call));
                },
                iter: 300,
                threads: 1
            );
    }

    [Test]
    public async Task A_word_that_is_no_verb_never_starts_the_server()
    {
        await Hostile
            .Text.Where(text => text.Length > 0 && text[0] != '-' && text[0] != '@')
            .SampleAsync(
                async text =>
                    Assert.That(await Verbs.RunAsync([text], _ => throw new AssertionException("It must not serve.")), Is.EqualTo(2)),
                iter: 200,
                threads: 1
            );
    }
}
