using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>What can be had at most: bare Kestrel, hand-written ADO.NET, Utf8JsonWriter; the same bytes from the same file, and a static answer.</summary>
internal static class Yardstick
{
    private static readonly string[] _visibilities = ["public", "alliance", "board"];

    private static readonly JsonWriterOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task ServeAsync(int port, string file)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var source = $"Data Source={file}";
        var fixedBytes = new byte[2000];
        Array.Fill(fixedBytes, (byte)'x');
        app.UseRouting();
#pragma warning disable ASP0014 // Routing is set up by hand here: nothing but Kestrel and routing is wanted.
        app.UseEndpoints(routes =>
        {
            routes.MapGet("/static", (HttpContext http) => WriteAsync(http, fixedBytes));
            routes.MapGet("/list", (HttpContext http) => WriteAsync(http, List(source)));
            routes.MapGet("/one", (HttpContext http) => WriteAsync(http, One(source, http.Request.Query["key"]!)));
        });
#pragma warning restore ASP0014
        await app.RunAsync();
    }

    private static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static ReadOnlyMemory<byte> List(string source)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT p.[Key], p.Title, p.Phase, p.FieldOfAction, f.Name,
                (SELECT group_concat(l.Partner) FROM ParticipationVersion l WHERE l.ProjectId = p.Id AND l.UntilRevision = 9223372036854775807 AND l.Role = 'lead'),
                p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility, s.Rag, a.Rag, s.Progress, s.ReportedOn, p.Sample, p.FromRevision, p.TitleSort
            FROM ProjectVersion p
            LEFT JOIN FieldOfActionVersion f ON f.[Key] = p.FieldOfAction AND f.UntilRevision = 9223372036854775807
            LEFT JOIN StatusUpdateVersion s ON s.ProjectId = p.Id AND s.UntilRevision = 9223372036854775807
            LEFT JOIN AssessmentVersion a ON a.ProjectId = p.Id AND a.UntilRevision = 9223372036854775807 AND a.Visibility <= 0
            WHERE p.UntilRevision = 9223372036854775807 AND p.Visibility <= 0 AND p.Archived = 0
            ORDER BY p.TitleSort, p.[Key] LIMIT 101
            """;
        using var reader = command.ExecuteReader();
        var buffer = new ArrayBufferWriter<byte>(32 * 1024);
        using var json = new Utf8JsonWriter(buffer, _json);
        json.WriteStartObject();
        json.WriteStartArray("data");
        for (var n = 0; n < 100 && reader.Read(); n++)
        {
            json.WriteStartObject();
            json.WriteString("key", reader.GetString(0));
            json.WriteString("title", reader.GetString(1));
            json.WriteString("phase", reader.GetString(2));
            Reference(json, reader, "fieldOfAction", 3);
            json.WriteStartArray("leads");
            if (!reader.IsDBNull(5))
            {
                foreach (var lead in reader.GetString(5).Split(','))
                {
                    json.WriteStringValue(lead);
                }
            }
            json.WriteEndArray();
            Text(json, reader, "startsOn", 6);
            Text(json, reader, "endsOn", 7);
            Euros(json, reader, "budget", 8);
            json.WriteString("visibility", _visibilities[reader.GetInt32(9)]);
            Text(json, reader, "rag", 10);
            Text(json, reader, "assessedRag", 11);
            Number(json, reader, "progress", 12);
            Text(json, reader, "reportedOn", 13);
            json.WriteBoolean("sample", reader.GetBoolean(14));
            json.WriteNumber("revision", reader.GetInt64(15));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> One(string source, string key)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using var json = new Utf8JsonWriter(buffer, _json);
        json.WriteStartObject();
        string id;
        using (
            var reader = Query(
                connection,
                """
                SELECT p.Id, p.[Key], p.FromRevision, p.Title, p.Problem, p.Goal, p.Solution, p.Phase, p.FieldOfAction, f.Name, p.StartsOn, p.EndsOn, p.BudgetCents,
                    p.Funding, p.Visibility, p.BitkomArea, p.Tags, p.Latitude, p.Longitude, p.Place, p.Archived, p.Sample,
                    (SELECT r.At FROM Revision r WHERE r.Number = (SELECT MIN(h.FromRevision) FROM ProjectVersion h WHERE h.Id = p.Id))
                FROM Project a JOIN ProjectVersion p ON p.Id = a.Id AND p.UntilRevision = 9223372036854775807
                LEFT JOIN FieldOfActionVersion f ON f.[Key] = p.FieldOfAction AND f.UntilRevision = 9223372036854775807
                WHERE a.[Key] = @p AND p.Visibility <= 0
                """,
                key
            )
        )
        {
            reader.Read();
            id = reader.GetString(0);
            json.WriteNumber("revision", reader.GetInt64(2));
            json.WriteString("key", reader.GetString(1));
            json.WriteString("title", reader.GetString(3));
            Text(json, reader, "problem", 4);
            Text(json, reader, "goal", 5);
            Text(json, reader, "solution", 6);
            json.WriteString("phase", reader.GetString(7));
            Reference(json, reader, "fieldOfAction", 8);
            Text(json, reader, "startsOn", 10);
            Text(json, reader, "endsOn", 11);
            Euros(json, reader, "budget", 12);
            Raw(json, reader, "funding", 13);
            json.WriteString("visibility", _visibilities[reader.GetInt32(14)]);
            Text(json, reader, "bitkomArea", 15);
            Raw(json, reader, "tags", 16);
            if (!reader.IsDBNull(17))
            {
                json.WriteStartObject("location");
                json.WriteNumber("latitude", reader.GetDouble(17));
                json.WriteNumber("longitude", reader.GetDouble(18));
                Text(json, reader, "name", 19);
                json.WriteEndObject();
            }
            json.WriteString("knownSince", reader.GetString(22)[..10]);
            json.WriteBoolean("archived", reader.GetBoolean(20));
            json.WriteBoolean("sample", reader.GetBoolean(21));
        }
        const string Partner = "LEFT JOIN PartnerVersion o ON o.[Key] = x.Partner AND o.UntilRevision = 9223372036854775807";
        Parts(
            json,
            "participations",
            connection,
            id,
            $"SELECT x.[Key], x.Sample, x.FromRevision, x.Partner, o.Name, x.Role, x.FromOn, x.UntilOn, x.Contribution FROM ParticipationVersion x {Partner}",
            reader =>
            {
                Reference(json, reader, "partner", 3);
                Text(json, reader, "role", 5);
                Text(json, reader, "fromOn", 6);
                Text(json, reader, "untilOn", 7);
                Text(json, reader, "contribution", 8);
            }
        );
        Parts(
            json,
            "milestones",
            connection,
            id,
            $"SELECT x.[Key], x.Sample, x.FromRevision, x.Title, x.Description, x.BaselineOn, x.ApprovedOn, x.ForecastOn, x.AchievedOn, x.ForecastReason, x.DecisionReference, x.Partner, o.Name FROM MilestoneVersion x {Partner}",
            reader =>
            {
                Text(json, reader, "title", 3);
                Text(json, reader, "description", 4);
                Text(json, reader, "baselineOn", 5);
                Text(json, reader, "approvedOn", 6);
                Text(json, reader, "forecastOn", 7);
                Text(json, reader, "achievedOn", 8);
                Text(json, reader, "forecastReason", 9);
                Text(json, reader, "decisionReference", 10);
                Reference(json, reader, "partner", 11);
            }
        );
        // None in this portfolio: the statements are needed to know that.
        Parts(
            json,
            "gates",
            connection,
            id,
            "SELECT x.[Key], x.Sample, x.FromRevision, x.Title, x.PlannedOn, x.DecidedOn, x.Outcome, x.Note FROM GateVersion x",
            _ => { }
        );
        Parts(
            json,
            "risks",
            connection,
            id,
            $"SELECT x.[Key], x.Sample, x.FromRevision, x.Title, x.Description, x.Probability, x.Impact, x.Response, x.State, x.Visibility, x.Partner, o.Name FROM RiskVersion x {Partner}",
            _ => { },
            "AND x.Visibility <= 0"
        );
        using (
            var reader = Query(
                connection,
                "SELECT x.[Key], x.Cycle, x.Rag, x.Reason, x.AssessedOn FROM AssessmentVersion x WHERE x.ProjectId = @p AND x.UntilRevision = 9223372036854775807 AND x.Visibility <= 0",
                id
            )
        )
        {
            reader.Read();
        }
        Parts(
            json,
            "decisionRequests",
            connection,
            id,
            $"SELECT x.[Key], x.Sample, x.FromRevision, x.Title, x.Text, x.NeededBy, x.StatusUpdate, x.State, x.Outcome, x.DecidedOn, x.Visibility, x.Partner, o.Name FROM DecisionRequestVersion x {Partner}",
            _ => { },
            "AND x.Visibility <= 0"
        );
        using (
            var reader = Query(
                connection,
                "SELECT c.[Key], c.OpensOn, c.DueOn, c.ClosesOn FROM ReportingCycleVersion c WHERE c.UntilRevision = 9223372036854775807 ORDER BY c.OpensOn",
                id
            )
        )
        {
            while (reader.Read()) { }
        }
        using (
            var reader = Query(
                connection,
                $"SELECT x.[Key], x.Cycle, x.Partner, o.Name, x.ReportedOn, x.RagSchedule, x.RagCost, x.RagScope, x.RagResources, x.RagRisk, x.Reason, x.Progress, x.Done, x.Next, x.SpentCents, x.Forecasts, x.Unchanged, x.Corrects, x.Sample, x.FromRevision, x.Rag FROM StatusUpdateVersion x {Partner} WHERE x.ProjectId = @p ORDER BY x.FromRevision DESC LIMIT 8",
                id
            )
        )
        {
            if (reader.Read())
            {
                Text(json, reader, "shownRag", 20);
                json.WriteStartArray("signals");
                json.WriteEndArray();
                json.WriteStartObject("status");
                json.WriteString("key", reader.GetString(0));
                Text(json, reader, "cycle", 1);
                Reference(json, reader, "partner", 2);
                json.WriteString("reportedOn", reader.GetString(4));
                json.WriteStartObject("lights");
                Text(json, reader, "schedule", 5);
                Text(json, reader, "cost", 6);
                Text(json, reader, "scope", 7);
                Text(json, reader, "resources", 8);
                Text(json, reader, "risk", 9);
                json.WriteEndObject();
                Text(json, reader, "reason", 10);
                Number(json, reader, "progress", 11);
                Text(json, reader, "done", 12);
                Text(json, reader, "next", 13);
                Euros(json, reader, "spent", 14);
                Raw(json, reader, "forecasts", 15);
                json.WriteBoolean("unchanged", reader.GetBoolean(16));
                Text(json, reader, "corrects", 17);
                json.WriteBoolean("sample", reader.GetBoolean(18));
                json.WriteNumber("revision", reader.GetInt64(19));
                Text(json, reader, "rag", 20);
                json.WriteEndObject();
                json.WriteStartArray("otherReports");
                json.WriteEndArray();
            }
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Parts(
        Utf8JsonWriter json,
        string name,
        SqliteConnection connection,
        string id,
        string select,
        Action<SqliteDataReader> write,
        string and = ""
    )
    {
        using var reader = Query(
            connection,
            $"{select} WHERE x.ProjectId = @p AND x.UntilRevision = 9223372036854775807 {and} ORDER BY x.[Key]",
            id
        );
        json.WriteStartArray(name);
        while (reader.Read())
        {
            json.WriteStartObject();
            json.WriteString("key", reader.GetString(0));
            write(reader);
            json.WriteBoolean("sample", reader.GetBoolean(1));
            json.WriteNumber("revision", reader.GetInt64(2));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static SqliteDataReader Query(SqliteConnection connection, string sql, string parameter)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@p", parameter);
        return command.ExecuteReader();
    }

    private static void Reference(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (reader.IsDBNull(column))
        {
            return;
        }
        json.WriteStartObject(name);
        json.WriteString("key", reader.GetString(column));
        json.WriteString("name", reader.GetString(column + 1));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (!reader.IsDBNull(column))
        {
            json.WriteString(name, reader.GetString(column));
        }
    }

    private static void Number(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (!reader.IsDBNull(column))
        {
            json.WriteNumber(name, reader.GetInt64(column));
        }
    }

    private static void Raw(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(reader.IsDBNull(column) ? "[]" : reader.GetString(column));
    }

    private static void Euros(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (!reader.IsDBNull(column))
        {
            json.WritePropertyName(name);
            json.WriteRawValue((reader.GetInt64(column) * 0.01m).ToString(CultureInfo.InvariantCulture));
        }
    }
}
