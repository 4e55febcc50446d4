using System.Text;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Features.Imports;

/// <summary>Whatever a file or a mapping holds: it is read as it was written, or refused with a reason.</summary>
public class ImportFuzzTests
{
    private static readonly FileForm _asDetected = new();

    private static readonly byte[] _valid = Encoding.UTF8.GetBytes(
        Importing.ListHeader
            + "1;Parken in Hörde;\"Weniger; Verkehr\";läuft;Mobilität;1.2.2026;;1,5;IHK/Stadt\r\n"
            + "2;\"Ein \"\"Titel\"\"\r\nmit Umbruch\";;fertig;;01.02.2026;31.12.2026;;\r\n"
    );

    private static readonly Gen<string> _field = Gen.Frequency(
        (
            4,
            Gen.OneOf(
                "",
                "x",
                "ä",
                "a;b",
                "a,b",
                "a\tb",
                "\"",
                "\"\"",
                "a\"b",
                "a\r\nb",
                "a\nb",
                "=1+1",
                "@SUM(A1)",
                "+1",
                "-1",
                "'",
                " x "
            )
        ),
        (1, Hostile.Text.Select(Whole)),
        (1, Gen.Int[0, 3000].Select(n => new string('x', n)))
    );

    [Test]
    public async Task Fields_are_read_as_they_were_written()
    {
        await Gen.Select(Gen.OneOf(';', ',', '\t'), _field.Array[3].Array[1, 8], Gen.Bool, Gen.OneOf("\n", "\r\n"))
            .SampleAsync(
                async (separator, rows, mark, line) =>
                {
                    string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                    var text = string.Concat(rows.Prepend(["A", "B", "C"]).Select(r => string.Join(separator, r.Select(Quoted)) + line));
                    var bytes = Encoding.UTF8.GetBytes((mark ? "\ufeff" : "") + text);

                    var file = await CsvFile.OpenAsync(() => new MemoryStream(bytes), _asDetected, CancellationToken.None);

                    Assert.That(file.Header, Is.EqualTo(new[] { "A", "B", "C" }));
                    Assert.That(file.Records().Select(r => r.Flaw), Is.All.Null);
                    // A record of separators only says nothing.
                    var said = rows.Where(row => row.Any(field => !string.IsNullOrWhiteSpace(field)));
                    Assert.That(file.Records().Select(r => r.Fields), Is.EqualTo(said), text);
                },
                iter: 400
            );
    }

    [Test]
    public async Task A_file_that_was_damaged_is_read_or_refused()
    {
        await Hostile
            .Mutations(_valid)
            .SampleAsync(
                async bytes =>
                {
                    try
                    {
                        var file = await CsvFile.OpenAsync(() => new MemoryStream(bytes), _asDetected, CancellationToken.None);
                        foreach (var record in file.Records())
                        {
                            Assert.That(record.Flaw is not null || record.Fields.Length == file.Header.Count);
                            Assert.That(record.Line, Is.GreaterThan(1));
                        }
                    }
                    catch (Problem problem)
                    {
                        Assert.That(problem.Status, Is.EqualTo(422), problem.Detail);
                    }
                },
                iter: 4_000
            );
    }

    [Test]
    public void A_mapping_that_was_damaged_is_read_or_refused() =>
        Gen.OneOf(Importing.List, Importing.History)
            .Select(Encoding.UTF8.GetBytes)
            .SelectMany(Hostile.Mutations)
            .Sample(
                bytes =>
                {
                    try
                    {
                        Assert.That(ImportMapping.Read(bytes).Name, Is.Not.Empty);
                    }
                    catch (Problem problem)
                    {
                        Assert.That(problem.Status, Is.AnyOf(400, 422), problem.Detail);
                    }
                },
                iter: 8_000
            );

    [Test]
    public void A_mapping_with_something_else_in_one_place_is_read_or_refused() =>
        Gen.Select(Gen.Int, Hostile.Text)
            .Sample(
                (seed, text) =>
                {
                    var random = new Random(seed);
                    var mapping = JsonNode.Parse(random.Next(2) == 0 ? Importing.List : Importing.History)!;
                    var places = Places(mapping).ToList();
                    var (members, name) = places[random.Next(places.Count)];
                    members[name] = random.Next(5) switch
                    {
                        0 => null,
                        1 => new JsonArray(text, null),
                        2 => random.Next(),
                        _ => Whole(text),
                    };
                    try
                    {
                        ImportMapping.Read(Encoding.UTF8.GetBytes(mapping.ToJsonString()));
                    }
                    catch (Problem problem)
                    {
                        Assert.That(problem.Status, Is.AnyOf(400, 422), problem.Detail);
                    }
                },
                iter: 5_000
            );

    private static IEnumerable<(JsonObject Members, string Name)> Places(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(m => Places(m.Value).Prepend((members, m.Key))),
            JsonArray items => items.SelectMany(Places),
            _ => [],
        };

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}

/// <summary>The same by the door: nothing of what was sent breaks anything, and a dry run writes nothing.</summary>
[EngineFixtures]
public class ImportUploadFuzzTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_form_that_was_damaged_is_read_or_refused_and_writes_nothing()
    {
        var form = Encoding.UTF8.GetBytes(
            $"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\nContent-Type: text/csv\r\n\r\n{Importing.ListHeader}1;T;;läuft;;;;;\r\n\r\n"
                + $"--x\r\nContent-Disposition: form-data; name=\"map\"; filename=\"m.json\"\r\n\r\n{Importing.List}\r\n--x--\r\n"
        );
        var before = await Coordination.NewestRevisionAsync();

        await Hostile
            .Mutations(form)
            .SampleAsync(async bytes => await SendAsync(bytes, "multipart/form-data; boundary=x"), iter: 400, threads: 1);
        await Hostile.Text.SampleAsync(
            async text => await SendAsync(form, "multipart/form-data; boundary=" + text.ReplaceLineEndings(" ")),
            iter: 100,
            threads: 1
        );

        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before));
    }

    [TestCase("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\na;b\r\n", "x")]
    [TestCase("--x\r\nContent-Disposition: form-data; name=\"apply\"\r\n\r\ntrue", "x")]
    [TestCase(
        "--x\r\nContent-Disposition: form-data; name=\"apply\"\r\n\r\ntrue\r\n--x--",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    )]
    public async Task A_form_that_ends_too_early_or_has_an_impossible_boundary_is_not_well_formed(string form, string boundary)
    {
        using var response = await PostAsync(Encoding.UTF8.GetBytes(form), "multipart/form-data; boundary=" + boundary);

        await response.ProblemAsync(400, "malformed");
    }

    // There is no export to a spreadsheet yet; where there is one, it must not let them calculate.
    [Test]
    public async Task A_cell_like_a_formula_is_a_text_like_any_other()
    {
        const string Formula = "=HYPERLINK(\"\"http://evil.example\"\")";
        using var response = await Coordination.ImportAsync(
            Importing.ListHeader + $"7;\"{Formula}\";@SUM(A1);läuft;;;;;\r\n",
            Importing.List,
            "apply"
        );

        Assert.That((await response.JsonAsync(System.Net.HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 1, 0, 0, 0 }));
        var project = await Coordination.GetJsonAsync("projects/l-7");
        Assert.That((string?)project["title"], Is.EqualTo(Formula.Replace("\"\"", "\"", StringComparison.Ordinal)));
        Assert.That((string?)project["goal"], Is.EqualTo("@SUM(A1)"));
    }

    private async Task SendAsync(byte[] form, string type)
    {
        using var response = await PostAsync(form, type);
        Assert.That((int)response.StatusCode, Is.AnyOf(200, 400, 413, 415, 422), await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] form, string type)
    {
        using var content = new ByteArrayContent(form);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await Coordination.PostAsync("imports", content);
    }
}
