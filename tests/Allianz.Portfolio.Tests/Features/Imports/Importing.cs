using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Imports;

/// <summary>Sends imports as an integrator does.</summary>
internal static class Importing
{
    /// <summary>A mapping of a German list without reporting dates.</summary>
    public const string List = """
        {
          "name": "liste",
          "project": {
            "key": { "column": "Nr", "prefix": "l-" },
            "title": { "column": "Titel" },
            "goal": { "column": "Ziel" },
            "phase": { "column": "Stand", "values": { "läuft": "implementing", "fertig": "completed" }, "default": "preparing" },
            "fieldOfAction": { "column": "Feld" },
            "startsOn": { "column": "Beginn", "formats": ["dd.MM.yyyy", "d.M.yyyy"] },
            "endsOn": { "column": "Ende", "formats": ["dd.MM.yyyy", "d.M.yyyy"] },
            "budget": { "column": "Budget (T€)", "unit": "thousand", "decimal": "comma" },
            "tags": [{ "text": "Liste" }]
          },
          "partners": [{ "column": "Partner", "between": "/", "role": "contributor", "kind": "company" }]
        }
        """;

    public const string ListHeader = "Nr;Titel;Ziel;Stand;Feld;Beginn;Ende;Budget (T€);Partner\r\n";

    /// <summary>A mapping of a file with reporting dates.</summary>
    public const string History = """
        {
          "name": "verlauf",
          "reportingDate": { "column": "Stichtag", "formats": ["yyyy-MM-dd"] },
          "project": {
            "key": { "column": "Nr", "prefix": "v-" },
            "title": { "column": "Titel" },
            "phase": { "column": "Phase", "values": { "Planung": "preparing", "Bau": "implementing" } },
            "budget": { "column": "Budget" },
            "visibility": "public"
          },
          "partners": [{ "column": "Amt", "role": "lead", "kind": "publicAdministration" }],
          "milestones": [
            {
              "key": "abschluss",
              "title": "Abschluss",
              "baselineIsFirstForecast": true,
              "forecast": { "column": "Fertig", "formats": ["yyyy-MM-dd"] }
            }
          ],
          "status": { "spent": { "column": "Ausgegeben" } }
        }
        """;

    public const string HistoryHeader = "Stichtag,Nr,Titel,Phase,Budget,Amt,Fertig,Ausgegeben\n";

    public static Task<HttpResponseMessage> ImportAsync(this HttpClient client, string csv, string map, params string[] flags) =>
        client.ImportAsync(Encoding.UTF8.GetBytes(csv), map, flags);

    /// <param name="client">Who.</param>
    /// <param name="csv">The file.</param>
    /// <param name="map">A mapping as JSON, or the name of a built-in one.</param>
    /// <param name="flags">Parts that are <c>true</c>: apply, validOnly.</param>
    public static async Task<HttpResponseMessage> ImportAsync(this HttpClient client, byte[] csv, string map, params string[] flags)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(csv), "file", "Projekte 2026.csv" } };
        if (map.StartsWith('{'))
        {
            var json = new StringContent(map);
            json.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            form.Add(json, "map", "map.json");
        }
        else
        {
            form.Add(new StringContent(map), "mapping");
        }
        foreach (var flag in flags)
        {
            form.Add(new StringContent("true"), flag);
        }
        return await client.PostAsync("imports", form);
    }

    /// <summary>The numbers of created, changed, unchanged and refused rows.</summary>
    public static int[] Counts(this JsonObject report) =>
        [.. new[] { "created", "changed", "unchanged", "refused" }.Select(name => (int)report["totals"]![name]!)];

    /// <summary>What the report says of a line.</summary>
    public static JsonObject Line(this JsonObject report, int line) =>
        report["rows"]!.AsArray().Select(row => row!.AsObject()).Single(row => (int)row["line"]! == line);

    public static async Task<long> NewestRevisionAsync(this HttpClient client)
    {
        using var response = await client.GetAsync("projects?limit=1");
        await response.JsonAsync(System.Net.HttpStatusCode.OK);
        return long.Parse(response.Headers.GetValues("Portfolio-Revision").Single(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
