namespace Allianz.Portfolio.Tests.Support;

/// <summary>A kind of thing that the ledger keeps, with a body that sets every field, and patches that change every field.</summary>
/// <param name="Schema">Name of its schema.</param>
/// <param name="Address">Where they are created.</param>
/// <param name="New">A body with every field; its key is <c>neu</c>.</param>
/// <param name="Changes">Patches in their order; together they change every field.</param>
/// <param name="Apart">Fields that are not sent, not read back or not changed here, and where that is tested.</param>
public sealed record EveryKind(string Schema, string Address, string New, string[] Changes, params (string Field, string Why)[] Apart)
{
    public override string ToString() => Schema;

    public static readonly IReadOnlyList<EveryKind> All =
    [
        new(
            "Project",
            "projects",
            """
            {"key":"neu","title":"Neu","problem":"Problem","goal":"Ziel","solution":"Lösung","phase":"implementing","fieldOfAction":"mobil",
            "startsOn":"2026-01-01","endsOn":"2027-12-31","budget":250000.5,"funding":[{"source":"EFRE","amount":1000}],"visibility":"alliance",
            "bitkomArea":"mobility","tags":["eins","zwei"],"location":{"latitude":51.5,"longitude":7.5,"name":"Hörde"},"archived":false,"sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"problem":"Anderes Problem"}""",
                """{"goal":"Anderes Ziel"}""",
                """{"solution":"Andere Lösung"}""",
                """{"phase":"onHold"}""",
                """{"fieldOfAction":"energie"}""",
                """{"startsOn":"2026-02-01"}""",
                """{"endsOn":"2028-12-31"}""",
                """{"budget":1}""",
                """{"funding":[{"source":"Land","amount":2},{"source":"Bund","amount":3}]}""",
                """{"visibility":"public"}""",
                """{"bitkomArea":"society"}""",
                """{"tags":["drei"]}""",
                """{"location":{"latitude":-1,"longitude":-2,"name":"Anderswo"}}""",
                """{"location":null,"budget":null,"goal":null}""",
                """{"sample":false}""",
                """{"archived":true}""",
            ]
        ),
        new(
            "Participation",
            "projects/p/participations",
            """{"key":"neu","partner":"ihk","role":"lead","fromOn":"2026-01-01","untilOn":"2027-01-01","contribution":"Beitrag","sample":true}""",
            ["""{"fromOn":"2026-02-01"}""", """{"untilOn":null}""", """{"contribution":"Anderer"}""", """{"sample":false}"""]
        ),
        new(
            "Milestone",
            "projects/p/milestones",
            """
            {"key":"neu","title":"Neu","description":"Was da ist","baselineOn":"2026-01-01","approvedOn":"2026-02-01","forecastOn":"2026-03-01",
            "achievedOn":"2026-04-01","forecastReason":"Grund","decisionReference":"1-26","partner":"ihk","sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"description":"Anderes"}""",
                """{"approvedOn":"2026-02-02","decisionReference":"2-26"}""",
                """{"forecastOn":"2026-03-02"}""",
                """{"achievedOn":"2026-04-02"}""",
                """{"forecastReason":"Anderer"}""",
                """{"decisionReference":"3-26"}""",
                """{"partner":"cisco"}""",
                """{"partner":null,"achievedOn":null}""",
                """{"sample":false}""",
            ],
            ("baselineOn", "set once: MilestoneTests")
        ),
        new(
            "StatusUpdate",
            "projects/p/status-updates",
            """
            {"key":"neu","cycle":"runde","partner":"ihk","reportedOn":"2026-06-10","lights":{"schedule":"amber","cost":"green","scope":"green","resources":"red","risk":"amber"},
            "reason":"Grund","progress":45,"done":"Erreicht","next":"Nächstes","spent":83500.5,
            "forecasts":[{"milestone":"m","forecastOn":"2026-11-15","reason":"Lieferzeit"}],"sample":true}
            """,
            [],
            ("decisionRequests", "become things of their own: StatusUpdateTests"),
            ("unchanged", "asks for what was reported before: StatusUpdateTests"),
            ("corrects", "needs an earlier one: StatusUpdateTests")
        ),
        new(
            "Assessment",
            "projects/p/assessments",
            """{"key":"neu","rag":"red","reason":"Grund","cycle":"runde","assessedOn":"2026-06-10","visibility":"alliance","sample":true}""",
            []
        ),
        new(
            "Gate",
            "projects/p/gates",
            """{"key":"neu","title":"Neu","plannedOn":"2026-01-01","decidedOn":"2026-02-01","outcome":"failed","note":"Bemerkung","sample":true}""",
            [
                """{"title":"Anders"}""",
                """{"plannedOn":"2026-01-02"}""",
                """{"decidedOn":"2026-02-02"}""",
                """{"outcome":"passed"}""",
                """{"note":"Andere"}""",
                """{"outcome":null,"decidedOn":null,"note":null}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "Risk",
            "projects/p/risks",
            """
            {"key":"neu","title":"Neu","description":"Beschreibung","probability":2,"impact":5,"response":"Maßnahme","state":"occurred",
            "partner":"ihk","visibility":"public","sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"description":"Andere"}""",
                """{"probability":1}""",
                """{"impact":4}""",
                """{"response":"Andere"}""",
                """{"state":"closed"}""",
                """{"partner":"cisco"}""",
                """{"visibility":"board"}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "DecisionRequest",
            "projects/p/decision-requests",
            """
            {"key":"neu","title":"Neu","text":"Text","neededBy":"2026-12-08","partner":"ihk","state":"decided","outcome":"Freigegeben",
            "decidedOn":"2026-06-01","meeting":"sitzung","visibility":"public","sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"text":"Anderer"}""",
                """{"neededBy":"2026-12-09"}""",
                """{"partner":"cisco"}""",
                """{"outcome":"Abgelehnt"}""",
                """{"decidedOn":"2026-06-02"}""",
                """{"meeting":"andere-sitzung"}""",
                """{"visibility":"alliance"}""",
                """{"state":"open","outcome":null,"decidedOn":null,"meeting":null}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "Partner",
            "partners",
            """
            {"key":"neu","name":"Neu","kind":"research","website":"https://neu.example","description":"Beschreibung","joinedOn":"2020-01-01",
            "leftOn":"2025-01-01","sample":true}
            """,
            [
                """{"name":"Anders"}""",
                """{"kind":"company"}""",
                """{"website":"https://anders.example"}""",
                """{"description":"Andere"}""",
                """{"joinedOn":"2020-01-02"}""",
                """{"leftOn":"2025-01-02"}""",
                """{"sample":false}""",
                """{"mergedInto":"cisco"}""",
            ]
        ),
        new(
            "FieldOfAction",
            "fields-of-action",
            """
            {"key":"neu","name":"Neu","taxonomy":"Masterplan 2016","description":"Beschreibung","validFrom":"2016-12-01","validUntil":"2027-01-01","sample":true}
            """,
            [
                """{"name":"Anders"}""",
                """{"taxonomy":"Masterplan 2030"}""",
                """{"description":null}""",
                """{"validFrom":"2016-12-02"}""",
                """{"validUntil":null}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "ReportingCycle",
            "reporting-cycles",
            """
            {"key":"neu","name":"Neu","opensOn":"2027-01-01","dueOn":"2027-01-10","closesOn":"2027-01-20","meeting":"sitzung","meetingOn":"2026-06-01","sample":true}
            """,
            [
                """{"name":"Anders"}""",
                """{"opensOn":"2027-01-02"}""",
                """{"dueOn":"2027-01-11"}""",
                """{"closesOn":"2027-01-21"}""",
                """{"meeting":null}""",
                """{"meetingOn":"2027-01-26"}""",
                """{"sample":false}""",
            ],
            ("quarter", "gives the days instead: ReportingCycleTests")
        ),
        new(
            "BoardMeeting",
            "board-meetings",
            """{"key":"neu","body":"Gremium","meetingOn":"2027-03-01","place":"Rathaus","sample":true}""",
            ["""{"body":"Anderes"}""", """{"meetingOn":"2027-03-02"}""", """{"place":null}""", """{"sample":false}"""],
            ("cycle", "makes a cycle beside it: BoardMeetingTests")
        ),
        new(
            "Mandate",
            "mandates",
            """
            {"key":"neu","number":"17042-20","title":"Neu","kind":"motion","body":"Rat","decidedOn":"2020-03-26","faction":"Fraktion","deadlineOn":"2027-01-01",
            "state":"inProgress","visibility":"alliance","url":"https://rat.example/17042-20","oparlId":"https://oparl.example/paper/1","note":"Bemerkung",
            "steps":[{"body":"Ausschuss","role":"preliminary","on":"2020-03-01","result":"empfohlen","number":"17042-20","url":"https://rat.example/1","oparlId":"https://oparl.example/c/1"}],"sample":true}
            """,
            [
                """{"number":"17043-20"}""",
                """{"title":"Anders"}""",
                """{"kind":"inquiry"}""",
                """{"body":"Hauptausschuss"}""",
                """{"decidedOn":"2020-03-27"}""",
                """{"faction":null}""",
                """{"deadlineOn":"2027-01-02"}""",
                """{"state":"fulfilled"}""",
                """{"visibility":"public"}""",
                """{"url":"https://rat.example/17043-20"}""",
                """{"oparlId":"https://oparl.example/paper/2"}""",
                """{"note":"Andere"}""",
                """{"steps":[{"body":"Rat","role":"decision"}]}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "MandateLink",
            "projects/p/mandates",
            """{"key":"neu","mandate":"auftrag","milestone":"m","evidence":"Nachweis","sample":true}""",
            ["""{"milestone":"m2"}""", """{"evidence":null}""", """{"sample":false}"""]
        ),
        new(
            "Indicator",
            "indicators",
            """
            {"key":"neu","name":"Neu","description":"Beschreibung","unit":"kWh","source":"Quelle","direction":"lower","relative":true,"fieldsOfAction":["mobil"],"sample":true}
            """,
            [
                """{"name":"Anders"}""",
                """{"description":"Andere"}""",
                """{"unit":"MWh"}""",
                """{"source":null}""",
                """{"direction":"higher"}""",
                """{"relative":false}""",
                """{"fieldsOfAction":["energie","mobil"]}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "Observation",
            "indicators/kennzahl/observations",
            """{"observedOn":"2025-12-31","value":12.5,"outOf":82,"note":"Bemerkung","sample":true}""",
            ["""{"value":3}""", """{"outOf":81}""", """{"note":null}""", """{"sample":false}""", """{"observedOn":"2025-12-30"}"""]
        ),
        new(
            "IndicatorLink",
            "projects/p/indicators",
            """{"key":"neu","indicator":"kennzahl","contribution":"Beitrag","sample":true}""",
            ["""{"contribution":"Anderer"}""", """{"sample":false}"""]
        ),
        new(
            "ReportSchedule",
            "report-schedules",
            """{"key":"neu","name":"Neu","title":"Titel","cron":"0 6 1 * *","visibility":"alliance","paused":true,"sample":true}""",
            [
                """{"name":"Anders"}""",
                """{"title":"Anderer"}""",
                """{"cron":"0 7 1 * *"}""",
                """{"visibility":"board"}""",
                """{"paused":false}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "ReportDraft",
            "report-drafts",
            """
            {"key":"neu","title":"Neu","visibility":"board","meeting":"sitzung","foreword":"Vorwort","comments":[{"project":"p","text":"Kommentar"}],"withMandates":true,"sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"meeting":"andere-sitzung"}""",
                """{"foreword":null}""",
                """{"comments":[{"project":"p","text":"Anderer"}]}""",
                """{"withMandates":false}""",
                """{"visibility":"alliance"}""",
                """{"sample":false}""",
            ]
        ),
        new(
            "Assignment",
            "assignments",
            """
            {"key":"neu","title":"Neu","text":"Text","partner":"ihk","project":"p","dueOn":"2027-02-26","state":"done","doneOn":"2026-06-01",
            "evidence":"Vermerk","report":1,"meeting":"sitzung","visibility":"public","sample":true}
            """,
            [
                """{"title":"Anders"}""",
                """{"text":null}""",
                """{"partner":"cisco"}""",
                """{"project":"q"}""",
                """{"dueOn":"2027-02-27"}""",
                """{"doneOn":"2026-06-02"}""",
                """{"evidence":"Anderer"}""",
                """{"report":2}""",
                """{"meeting":"andere-sitzung"}""",
                """{"visibility":"alliance"}""",
                """{"state":"open","doneOn":null,"evidence":null}""",
                """{"sample":false}""",
            ]
        ),
    ];

    /// <summary>What the bodies refer to.</summary>
    public static async Task PrepareAsync(HttpClient coordination)
    {
        foreach (var partner in new[] { "ihk", "cisco" })
        {
            await coordination.CreateAsync("partners", new { name = partner, kind = "other" });
        }
        await coordination.CreateAsync("fields-of-action", new { key = "mobil", name = "Mobilität" });
        await coordination.CreateAsync("fields-of-action", new { key = "energie", name = "Energie" });
        foreach (var (key, on) in new[] { ("sitzung", "2026-06-01"), ("andere-sitzung", "2026-06-02") })
        {
            await coordination.CreateAsync(
                "board-meetings",
                new
                {
                    key,
                    meetingOn = on,
                    cycle = false,
                }
            );
        }
        await coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "runde",
                name = "Runde",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-25",
            }
        );
        foreach (var project in new[] { "p", "q" })
        {
            await coordination.CreateAsync(
                "projects",
                new
                {
                    key = project,
                    title = project,
                    visibility = "public",
                }
            );
        }
        await coordination.CreateAsync("projects/p/participations", """{"key":"ihk-dabei","partner":"ihk","role":"contributor"}""");
        await coordination.CreateAsync("projects/p/milestones", new { key = "m", title = "M" });
        await coordination.CreateAsync("projects/p/milestones", new { key = "m2", title = "M2" });
        await coordination.CreateAsync("mandates", new { key = "auftrag", title = "Auftrag" });
        await coordination.CreateAsync("indicators", new { key = "kennzahl", name = "Kennzahl" });
        foreach (var title in new[] { "Erster", "Zweiter" })
        {
            await coordination.CreateAsync("reports", new { title, visibility = "public" });
        }
    }
}
