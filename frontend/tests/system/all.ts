/** All system tests in one process, so that the school is made once. The last one takes the server down and back. */
import "./headers.spec.ts";
import "./mark_online.spec.ts";
import "./offline_quit.spec.ts";
import "./killed.spec.ts";
import "./lost_answer.spec.ts";
import "./storms.spec.ts";
import "./two_devices.spec.ts";
import "./wrong_clock.spec.ts";
import "./token.spec.ts";
import "./two_tabs.spec.ts";
import "./closed_mid_sync.spec.ts";
import "./new_version.spec.ts";
import "./full_device.spec.ts";
import "./shared_tablet.spec.ts";
import "./hostile_text.spec.ts";
import "./screens.spec.ts";
import "./restored_backup.spec.ts";
